# The one offering for a port of 10 Gbit/s at a place whose cross connect we order ourselves.
data "ixapi_product_offering" "port" {
  type                    = "connection"
  handover_pop            = "AMS7-A"
  physical_port_speed     = 10000
  cross_connect_initiator = "subscriber"
}

output "offering" {
  value = data.ixapi_product_offering.port.id
}

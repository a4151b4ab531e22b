# 10 Gbit/s ports at one place, whose cross connect you order yourself.
data "ixapi_product_offerings" "ports" {
  type                    = "connection"
  handover_pop            = "AMS7-A"
  physical_port_speed     = 10000
  cross_connect_initiator = "subscriber"
}

# Circuits of 1 Gbit/s between Amsterdam and London.
data "ixapi_product_offerings" "circuits" {
  type                = "p2p_vc"
  resource_type       = "network_service"
  handover_metro_area = "AMS"
  service_metro_area  = "LON"
  bandwidth           = 1000
}

output "port_offering" {
  value = one(data.ixapi_product_offerings.ports.product_offerings).id
}

data "ixapi_product_offering" "port" {
  type                    = "connection"
  handover_pop            = "AMS7-A"
  physical_port_speed     = 10000
  cross_connect_initiator = "subscriber"
}

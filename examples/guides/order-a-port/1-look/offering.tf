data "ixapi_product_offering" "port" {
  type                    = "connection"
  handover_pop            = "AMS7-A"
  cross_connect_initiator = "subscriber"
}

resource "ixapi_connection" "third" {
  external_ref     = "ams-edge-3"
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503234.AMS5-B.S"
  wait_for_state   = "none"
}

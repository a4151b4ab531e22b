resource "ixapi_connection" "port" {
  external_ref     = "ams-edge-1"
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503234.AMS5-B.S"
}

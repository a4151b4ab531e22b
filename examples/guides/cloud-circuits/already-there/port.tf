resource "ixapi_connection" "port" {
  external_ref     = "ams-cloud-1"
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503236.AMS5-B.S"
}

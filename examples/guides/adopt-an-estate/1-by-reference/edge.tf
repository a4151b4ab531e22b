import {
  to = ixapi_connection.edge
  id = "external_ref:ams-edge-1"
}

resource "ixapi_connection" "edge" {
  external_ref     = "ams-edge-1"
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503234.AMS5-B.S"
}

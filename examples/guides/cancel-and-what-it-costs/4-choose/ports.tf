resource "ixapi_connection" "old" {
  external_ref     = "ams-edge-old"
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503234.AMS5-B.S"
  decommission_at  = "2030-12-31"
}

resource "ixapi_connection" "new" {
  external_ref     = "ams-edge-new"
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503234.AMS5-B.S"

  lifecycle {
    prevent_destroy = true
  }
}

resource "ixapi_connection" "second" {
  external_ref     = "ams-edge-2"
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503234.AMS5-B.S"
  wait_for_state   = "production"

  timeouts {
    create = "1s"
    update = "30m"
  }

  lifecycle {
    postcondition {
      condition     = self.state == "production"
      error_message = "The port is ${self.state}: run this again later."
    }
  }
}

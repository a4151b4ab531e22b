# Order in one run, without waiting:
resource "ixapi_connection" "port" {
  external_ref     = "ams-edge-1"
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503234.AMS5-B.S"
  wait_for_state   = "none"
}

# Wait in another: terraform apply -invoke=action.ixapi_wait.port
action "ixapi_wait" "port" {
  config {
    type           = "ixapi_connection"
    id             = ixapi_connection.port.id
    wait_for_state = "production"
    timeout        = "72h"
  }
}

action "ixapi_wait" "third" {
  config {
    type           = "ixapi_connection"
    id             = ixapi_connection.third.id
    wait_for_state = "production"
    timeout        = "72h"
  }
}

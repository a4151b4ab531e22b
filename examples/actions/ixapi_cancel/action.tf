# terraform apply -invoke=action.ixapi_cancel.port
action "ixapi_cancel" "port" {
  config {
    type            = "ixapi_connection"
    id              = "CANL-051665"
    decommission_at = "2027-12-31"
  }
}

action "ixapi_cancel" "third" {
  config {
    type            = "ixapi_connection"
    id              = ixapi_connection.third.id
    decommission_at = "2035-12-31"
  }
}

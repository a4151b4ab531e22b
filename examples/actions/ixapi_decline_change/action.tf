# terraform apply -invoke=action.ixapi_decline_change.more
action "ixapi_decline_change" "more" {
  config {
    network_service = "VLC00050255"
  }
}

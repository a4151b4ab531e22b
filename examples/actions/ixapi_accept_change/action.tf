# terraform apply -invoke=action.ixapi_accept_change.more
action "ixapi_accept_change" "more" {
  config {
    network_service  = "VLC00050255"
    product_offering = "503124.AMS.AMS"
  }
}

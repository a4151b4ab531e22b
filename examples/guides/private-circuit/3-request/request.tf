resource "ixapi_change_request" "more" {
  provider         = ixapi.b
  network_service  = local.circuit
  product_offering = "503124.AMS.AMS"
}

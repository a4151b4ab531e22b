resource "ixapi_change_request" "more" {
  provider         = ixapi.b
  network_service  = data.ixapi_network_service.circuit.id
  product_offering = "503124.AMS.AMS"
}

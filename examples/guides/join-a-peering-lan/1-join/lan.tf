data "ixapi_product_offering" "peering" {
  type                = "exchange_lan"
  handover_metro_area = "AMS"
  bandwidth           = 1000
}

data "ixapi_network_service" "lan" {
  type             = "exchange_lan"
  product_offering = data.ixapi_product_offering.peering.id
}

data "ixapi_network_feature" "route_server" {
  network_service = data.ixapi_network_service.lan.id
  required        = true
}

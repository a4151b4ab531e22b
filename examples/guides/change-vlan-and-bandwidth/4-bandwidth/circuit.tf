data "ixapi_product_offering" "circuit" {
  type                = "p2p_vc"
  resource_type       = "network_service"
  handover_metro_area = "AMS"
  service_metro_area  = "AMS"
  bandwidth           = 500
}

data "ixapi_account" "own" {}

resource "ixapi_connection" "port" {
  for_each         = toset(["office", "data-centre"])
  external_ref     = each.key
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503236.AMS5-B.S"
}

resource "ixapi_p2p_vc" "circuit" {
  product_offering       = data.ixapi_product_offering.circuit.id
  joining_member_account = data.ixapi_account.own.id
  external_ref           = "office-dc"
}

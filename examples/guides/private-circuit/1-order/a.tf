# Party A's credentials come from IX_API_KEY and IX_API_SECRET.
data "ixapi_account" "partner" {
  name = "TEST COMPANY 2 NL"
}

data "ixapi_product_offering" "circuit" {
  type                = "p2p_vc"
  resource_type       = "network_service"
  handover_metro_area = "AMS"
  service_metro_area  = "AMS"
  bandwidth           = 200
}

resource "ixapi_connection" "a" {
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503234.AMS5-B.S"
}

resource "ixapi_p2p_vc" "circuit" {
  product_offering       = data.ixapi_product_offering.circuit.id
  joining_member_account = data.ixapi_account.partner.id
  display_name           = "Example Networks to Test Company 2"
}

resource "ixapi_nsc" "a" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.a.id

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 23
  }
}

# A circuit of one's own, one side of which is on the port.

resource "ixapi_p2p_vc" "circuit" {
  product_offering       = "503122.AMS.AMS"
  joining_member_account = local.account
}

resource "ixapi_nsc" "side" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port.id
  role_assignments   = []
  vlan_config {
    vlan_type = "dot1q"
  }
}

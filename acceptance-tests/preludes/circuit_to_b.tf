# A circuit to B, who puts its side on its own port with its own credentials. Its reference and B's VLAN are
# the scenario's to say, as local.reference and local.vlan.

resource "ixapi_p2p_vc" "circuit" {
  external_ref           = local.reference
  product_offering       = "503122.AMS.AMS"
  joining_member_account = local.b
}

resource "ixapi_nsc" "a" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port.id
  role_assignments   = []
  vlan_config {
    vlan_type = "dot1q"
    vlan      = 23
  }
}

resource "ixapi_nsc" "b" {
  provider           = ixapi.b
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.b.id
  role_assignments   = []
  vlan_config {
    vlan_type = "dot1q"
    vlan      = local.vlan
  }
}

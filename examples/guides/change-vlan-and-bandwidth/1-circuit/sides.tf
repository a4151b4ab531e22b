resource "ixapi_nsc" "office" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port["office"].id

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 301
  }
}

# The exchange picks the VLAN here.
resource "ixapi_nsc" "data_centre" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port["data-centre"].id

  vlan_config {
    vlan_type = "dot1q"
  }
}

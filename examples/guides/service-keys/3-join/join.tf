data "ixapi_service_key_network_services" "invitations" {
  provider               = ixapi.b
  joining_member_account = "A0087264"
}

locals {
  invitation = one([
    for circuit in data.ixapi_service_key_network_services.invitations.service_key_network_services :
    circuit.id
  ])
}

resource "ixapi_nsc" "b" {
  provider           = ixapi.b
  type               = "p2p_vc"
  network_service    = local.invitation
  network_connection = ixapi_connection.b.id

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 42
  }
}

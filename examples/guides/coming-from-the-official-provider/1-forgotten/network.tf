data "ixapi_roles" "all" {}

resource "ixapi_contact" "noc" {
  name      = "Network Operations"
  email     = "noc@example.net"
  telephone = "+31 20 555 0100"
  roles = [
    for role in data.ixapi_roles.all.roles : role.id
    if contains(["Implementation", "NoC"], role.name)
  ]
}

resource "ixapi_connection" "port" {
  external_ref     = "ams-edge-1"
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503234.AMS5-B.S"
  role_assignments = ixapi_contact.noc.role_assignments
}

resource "ixapi_p2p_vc" "circuit" {
  product_offering       = "503122.AMS.AMS"
  joining_member_account = "A0087999"
  display_name           = "Amsterdam"
}

resource "ixapi_nsc" "side" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port.id
  role_assignments   = ixapi_contact.noc.role_assignments

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 23
  }
}

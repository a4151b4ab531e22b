# A circuit with two tags on both sides, between two cities, whose configs need roles. One side's
# inner VLAN changes; the other side goes over to one tag and keeps its outer VLAN.
# Capabilities: 10, 32, 45, 46, 47, 48, 51
# With: contact

resource "ixapi_connection" "port" {
  for_each         = toset(["AMS7-A", "LON1-A"])
  role_assignments = ixapi_contact.noc.role_assignments
  mode             = "standalone"
  product_offering = "503234.${each.key}.S"
  port_quantity    = 1
}

resource "ixapi_p2p_vc" "circuit" {
  product_offering       = "503122.AMS.LON"
  joining_member_account = local.account
}

resource "ixapi_nsc" "amsterdam" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port["AMS7-A"].id
  role_assignments   = ixapi_contact.noc.role_assignments
  vlan_config {
    vlan_type  = "qinq"
    outer_vlan = var.changed ? 401 : 400
    inner_vlan = var.changed ? 502 : 501
  }
}

resource "ixapi_nsc" "london" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port["LON1-A"].id
  role_assignments   = ixapi_contact.noc.role_assignments
  vlan_config {
    vlan_type  = var.changed ? "dot1q" : "qinq"
    inner_vlan = var.changed ? null : 7
  }
}

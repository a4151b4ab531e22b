# A circuit that takes a whole port, and whose configs are products of their own. Later the port is
# shared after all, and the config becomes faster.
# Capabilities: 12, 13, 32, 49
# With: contact

resource "ixapi_connection" "port" {
  for_each         = toset(["FRA1-A", "FRA6-B"])
  role_assignments = ixapi_contact.noc.role_assignments
  mode             = "standalone"
  product_offering = "503236.${each.key}.S"
  port_quantity    = 1
}

resource "ixapi_p2p_vc" "circuit" {
  product_offering       = "503125.FRA.FRA"
  joining_member_account = local.account
}

data "ixapi_product_offerings" "of_configs" {
  ids = ixapi_p2p_vc.circuit.nsc_product_offerings
}

locals {
  offerings = {
    for offering in data.ixapi_product_offerings.of_configs.product_offerings :
    offering.bandwidth_max => offering.id
  }
}

resource "ixapi_nsc" "side" {
  for_each           = ixapi_connection.port
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = each.value.id
  role_assignments   = ixapi_contact.noc.role_assignments
  product_offering   = local.offerings[var.changed ? 10000 : 1000]
  vlan_config {
    vlan_type = var.changed ? "dot1q" : "port"
  }
}

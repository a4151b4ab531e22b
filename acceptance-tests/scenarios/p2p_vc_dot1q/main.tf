# A circuit between two ports of one's own: one VLAN is chosen, the other is the exchange's choice.
# Bandwidth, references, VLAN and port change in place.
# Capabilities: 12, 15, 19, 32, 44, 48, 49, 50, 51, 62, 66

resource "ixapi_connection" "port" {
  for_each         = toset(["503234.AMS5-B.S", "503233.AMS5-B.S", "503236.AMS5-B.S"])
  role_assignments = []
  mode             = "standalone"
  product_offering = each.key
  port_quantity    = 1
}

data "ixapi_availability_zones" "all" {}

data "ixapi_product_offerings" "circuit" {
  type                = "p2p_vc"
  resource_type       = "network_service"
  handover_metro_area = "AMS"
  service_metro_area  = "AMS"
  bandwidth           = var.changed ? 500 : 200
}

resource "ixapi_p2p_vc" "circuit" {
  external_ref           = var.changed ? "circuit-1 (500M)" : "circuit-1"
  purchase_order         = var.changed ? null : "PO 1"
  contract_ref           = var.changed ? null : "C-1"
  product_offering       = one(data.ixapi_product_offerings.circuit.product_offerings).id
  joining_member_account = local.account
  display_name           = var.changed ? null : "Office to data centre"
  availability_zones     = var.changed ? [data.ixapi_availability_zones.all.availability_zones[0].id] : null
}

resource "ixapi_nsc" "a" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port["503234.AMS5-B.S"].id
  external_ref       = var.changed ? null : "a"
  purchase_order     = var.changed ? "PO 2" : null
  contract_ref       = var.changed ? "C-2" : "C-1"
  role_assignments   = []
  capacity           = var.changed ? 150 : 100
  vlan_config {
    vlan_type = "dot1q"
    vlan      = var.changed ? 302 : 301
  }
}

resource "ixapi_nsc" "b" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port[var.changed ? "503236.AMS5-B.S" : "503233.AMS5-B.S"].id
  external_ref       = var.changed ? "b" : null
  role_assignments   = []
  vlan_config {
    vlan_type = "dot1q"
  }
  depends_on = [ixapi_nsc.a]
}

data "ixapi_product_offerings" "of_the_circuit" {
  ids = [ixapi_p2p_vc.circuit.product_offering]

  lifecycle {
    postcondition {
      condition     = one(self.product_offerings).bandwidth_max == (var.changed ? 500 : 200)
      error_message = "The offering of the circuit tells its bandwidth."
    }
    postcondition {
      condition     = one(self.product_offerings).upgrade_allowed
      error_message = "The offering of the circuit tells whether it can be upgraded."
    }
  }
}

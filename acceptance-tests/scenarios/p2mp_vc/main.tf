# A circuit from one point to many: a root, and a leaf on another port.
# Capabilities: 60, 61

resource "ixapi_connection" "port" {
  for_each         = toset(["studio", "receiver"])
  role_assignments = []
  mode             = "standalone"
  product_offering = "503234.AMS5-B.S"
  port_quantity    = 1
}

resource "ixapi_p2mp_vc" "broadcast" {
  external_ref     = var.changed ? "broadcast-2" : "broadcast-1"
  purchase_order   = var.changed ? "PO-2" : null
  contract_ref     = var.changed ? null : "C-1"
  product_offering = var.changed ? "503502.AMS" : "503501.AMS"
  display_name     = var.changed ? "Broadcast to more" : "Broadcast"
  public           = !var.changed
}

resource "ixapi_member_joining_rule" "receiver" {
  type              = "allow"
  network_service   = ixapi_p2mp_vc.broadcast.id
  consuming_account = "A0073476"
}

resource "ixapi_nsc" "root" {
  type               = "p2mp_vc"
  role               = "root"
  network_service    = ixapi_p2mp_vc.broadcast.id
  network_connection = ixapi_connection.port["studio"].id
  role_assignments   = []
  product_offering   = "503511.AMS"

  vlan_config {
    vlan_type = "dot1q"
  }
}

resource "ixapi_nsc" "leaf" {
  type               = "p2mp_vc"
  role               = var.changed ? "root" : null
  network_service    = ixapi_p2mp_vc.broadcast.id
  network_connection = ixapi_connection.port["receiver"].id
  consuming_account  = "A0073476"
  role_assignments   = []
  product_offering   = var.changed ? "503512.AMS" : "503511.AMS"
  capacity           = var.changed ? 1000 : 100

  vlan_config {
    vlan_type = "dot1q"
    vlan      = var.changed ? 24 : 23
  }
}

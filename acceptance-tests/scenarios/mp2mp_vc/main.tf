# A closed user group whose members' MAC addresses are an access list: all of it changes in place.
# Capabilities: 52, 60, 61
# With: port
# Sandbox:
# Sandbox: --speed fast
# Sandbox: --quirk decommissioned-stays

resource "ixapi_mac" "router" {
  for_each = toset(["42:23:bc:8e:b8:b0", "42:23:bc:8e:b8:b1"])
  address  = each.key
}

resource "ixapi_mp2mp_vc" "group" {
  consuming_account = var.changed ? "A0073476" : local.account
  external_ref      = var.changed ? null : "bamboo"
  purchase_order    = var.changed ? "PO-2" : "PO-1"
  contract_ref      = var.changed ? "C-2" : null
  product_offering  = var.changed ? "503403.AMS" : "503402.AMS"
  display_name      = var.changed ? "Bamboo forest" : "Bamboo"
  public            = var.changed
  subnet_v4         = var.changed ? null : "198.51.100.0/24"
  subnet_v6         = var.changed ? "2001:db8::/64" : null
}

resource "ixapi_member_joining_rule" "friend" {
  type              = "allow"
  network_service   = ixapi_mp2mp_vc.group.id
  consuming_account = "A0087264"
  capacity_max      = 500
}

resource "ixapi_nsc" "member" {
  type               = "mp2mp_vc"
  network_service    = ixapi_mp2mp_vc.group.id
  network_connection = ixapi_connection.port.id
  external_ref       = var.changed ? "ours" : null
  role_assignments   = []
  product_offering   = var.changed ? "503412.AMS" : "503411.AMS"
  capacity           = var.changed ? 2000 : 500
  macs               = [for mac in ixapi_mac.router : mac.id if var.changed || mac.address == "42:23:bc:8e:b8:b0"]
  asns               = var.changed ? [64500, 4200000000] : [64500]

  vlan_config {
    vlan_type = "dot1q"
    vlan      = var.changed ? 24 : 23
  }

  lifecycle {
    precondition {
      condition     = ixapi_mp2mp_vc.group.mac_acl_protection == var.changed
      error_message = "The offering says whether the group is protected."
    }
  }
}

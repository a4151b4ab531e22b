# A private group that a rule lets another party find and join, within bounds, with MAC addresses
# that may send; and a public group that the other party sees and a rule keeps it out of.
# Capabilities: 1, 5, 52, 59, 60, 61
# With: second party, port, port of b

resource "ixapi_mac" "a" {
  address = "42:23:bc:8e:b8:a0"
}

resource "ixapi_mp2mp_vc" "private" {
  product_offering = "503403.AMS"
  display_name     = "Bamboo"
  external_ref     = "not for B to see"
}

resource "ixapi_member_joining_rule" "b" {
  type              = "allow"
  network_service   = ixapi_mp2mp_vc.private.id
  consuming_account = local.b
  capacity_min      = 100
  capacity_max      = 1000
}

resource "ixapi_nsc" "a" {
  type               = "mp2mp_vc"
  network_service    = ixapi_mp2mp_vc.private.id
  network_connection = ixapi_connection.port.id
  role_assignments   = []
  product_offering   = "503411.AMS"
  macs               = [ixapi_mac.a.id]

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 23
  }
}

resource "ixapi_mp2mp_vc" "public" {
  product_offering = "503402.AMS"
  display_name     = "Bamboo for all"
  public           = true
}

resource "ixapi_member_joining_rule" "not_b" {
  type              = "deny"
  network_service   = ixapi_mp2mp_vc.public.id
  consuming_account = local.b
  external_ref      = var.changed ? "still not B" : "not B"
}

# What B sees: its own group, the public one, and the private one that it is invited to.
data "ixapi_network_services" "groups" {
  provider   = ixapi.b
  type       = "mp2mp_vc"
  depends_on = [ixapi_member_joining_rule.b, ixapi_mp2mp_vc.public]

  lifecycle {
    postcondition {
      condition = toset(self.network_services[*].display_name) == toset([
        "Bamboo", "Bamboo for all", "Panda Fabric",
      ])
      error_message = "B sees these groups."
    }
  }
}

locals {
  group = [
    for service in data.ixapi_network_services.groups.network_services : service
    if service.display_name == "Bamboo"
  ][0]
}

# How it can be joined, and with how much.
data "ixapi_product_offerings" "access" {
  provider = ixapi.b
  type     = "mp2mp_vc"
  ids      = local.group.nsc_product_offerings
}

locals {
  access = one([
    for offering in data.ixapi_product_offerings.access.product_offerings : offering
    if offering.bandwidth_max == 1000
  ])
}

output "seen_by_b" {
  value = local.group.id

  precondition {
    condition     = local.group.mac_acl_protection && local.group.external_ref == null
    error_message = "B sees what it takes to join, and no more."
  }
}

resource "ixapi_mac" "b" {
  for_each = toset(["42:23:bc:8e:b8:b0", "42:23:bc:8e:b8:b1"])
  provider = ixapi.b
  address  = each.key
}

resource "ixapi_nsc" "b" {
  provider           = ixapi.b
  type               = "mp2mp_vc"
  network_service    = local.group.id
  network_connection = ixapi_connection.b.id
  role_assignments   = []
  product_offering   = local.access.id
  capacity           = var.changed ? 900 : 400
  macs               = [ixapi_mac.b[var.changed ? "42:23:bc:8e:b8:b1" : "42:23:bc:8e:b8:b0"].id]

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 42
  }
}

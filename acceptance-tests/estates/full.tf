# An estate with something of most kinds, for a look at the page of the sandbox.

variable "cancelled" {
  default = false
}

data "ixapi_product_offering" "port" {
  for_each                = toset(["AMS5-B", "AMS7-A", "LON1-A", "FRA1-A"])
  type                    = "connection"
  handover_pop            = each.key
  physical_port_speed     = 10000
  cross_connect_initiator = "subscriber"
}

resource "ixapi_contact" "noc" {
  name      = "Network Operations"
  email     = "noc@example.net"
  telephone = "+31 20 555 0100"
  roles     = data.ixapi_product_offering.port["LON1-A"].required_contact_roles
}

resource "ixapi_connection" "edge" {
  for_each         = { ams-edge-1 = "AMS5-B", lon-edge-1 = "LON1-A", fra-edge-1 = "FRA1-A" }
  external_ref     = each.key
  mode             = "standalone"
  port_quantity    = 1
  product_offering = data.ixapi_product_offering.port[each.value].id
  role_assignments = ixapi_contact.noc.role_assignments
}

resource "ixapi_connection" "core" {
  external_ref     = "ams-core"
  mode             = "lag_lacp"
  port_quantity    = 2
  product_offering = data.ixapi_product_offering.port["AMS7-A"].id
  role_assignments = ixapi_contact.noc.role_assignments
}

resource "ixapi_connection" "old" {
  count            = var.cancelled ? 0 : 1
  external_ref     = "ams-old"
  mode             = "standalone"
  port_quantity    = 1
  product_offering = data.ixapi_product_offering.port["AMS5-B"].id
  role_assignments = ixapi_contact.noc.role_assignments
}

resource "ixapi_p2p_vc" "own" {
  for_each               = { to-london = "503124.AMS.LON", in-amsterdam = "503125.AMS.AMS" }
  external_ref           = each.key
  product_offering       = each.value
  joining_member_account = ixapi_contact.noc.consuming_account
}

resource "ixapi_nsc" "own" {
  for_each = {
    "to-london: ours"   = { circuit = "to-london", port = ixapi_connection.core.id },
    "to-london: theirs" = { circuit = "to-london", port = ixapi_connection.edge["lon-edge-1"].id },
    "in-amsterdam: one" = { circuit = "in-amsterdam", port = ixapi_connection.core.id },
    "in-amsterdam: two" = { circuit = "in-amsterdam", port = ixapi_connection.edge["ams-edge-1"].id },
  }
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.own[each.value.circuit].id
  network_connection = each.value.port
  role_assignments   = ixapi_contact.noc.role_assignments

  vlan_config {
    vlan_type = "dot1q"
  }
}

resource "ixapi_p2p_vc" "partner" {
  for_each               = { partner-frankfurt = "503122.AMS.FRA", partner-london = "503121.AMS.LON" }
  external_ref           = each.key
  product_offering       = each.value
  joining_member_account = "A0087264"
}

resource "ixapi_nsc" "partner" {
  for_each           = ixapi_p2p_vc.partner
  type               = "p2p_vc"
  network_service    = each.value.id
  network_connection = ixapi_connection.core.id
  role_assignments   = ixapi_contact.noc.role_assignments

  vlan_config {
    vlan_type = "dot1q"
  }
}

data "ixapi_network_service" "lan" {
  type             = "exchange_lan"
  product_offering = "503301.AMS"
}

resource "ixapi_nsc" "peering" {
  type               = "exchange_lan"
  external_ref       = "peering"
  network_service    = data.ixapi_network_service.lan.id
  network_connection = ixapi_connection.edge["ams-edge-1"].id
  product_offering   = "503301.AMS"
  role_assignments   = ixapi_contact.noc.role_assignments
  capacity           = 1000
  listed             = true
  asns               = [64512]
  macs               = [ixapi_mac.router.id]

  vlan_config {
    vlan_type = "dot1q"
  }
}

resource "ixapi_mac" "router" {
  address = "42:23:bc:8e:b8:b0"
}

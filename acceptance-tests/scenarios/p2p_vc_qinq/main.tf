# A circuit with two tags on both sides, between two cities, whose configs need roles. One side's
# inner VLAN changes; the other side goes over to one tag and keeps its outer VLAN.
# Capabilities: 10, 32, 45, 46, 47, 48, 51

terraform {
  required_providers {
    ixapi = {
      source = "ixapi-rs/ixapi"
    }
  }
}

variable "changed" {
  type    = bool
  default = false
}

locals {
  account = "A0087999"
}

resource "ixapi_contact" "noc" {
  managing_account  = local.account
  consuming_account = local.account
  name              = "Network operations"
  email             = "noc@example.net"
  telephone         = "+31 20 555 0100"
}

resource "ixapi_role_assignment" "noc" {
  for_each = toset([
    "4699403d-b264-4a47-9bbb-2c956dcd1a12",
    "9a442fef-ff8f-4c2e-93e5-46425c00fd4b",
    "30806be6-5856-41fb-8106-890474d1ba04",
  ])
  role    = each.value
  contact = ixapi_contact.noc.id
}

resource "ixapi_connection" "port" {
  for_each          = toset(["AMS7-A", "LON1-A"])
  managing_account  = local.account
  consuming_account = local.account
  billing_account   = local.account
  role_assignments  = [for assignment in ixapi_role_assignment.noc : assignment.id]
  mode              = "standalone"
  product_offering  = "503234.${each.key}.S"
  port_quantity     = 1
}

resource "ixapi_p2p_vc" "circuit" {
  managing_account       = local.account
  consuming_account      = local.account
  billing_account        = local.account
  product_offering       = "503122.AMS.LON"
  joining_member_account = local.account
}

resource "ixapi_nsc" "amsterdam" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port["AMS7-A"].id
  managing_account   = local.account
  consuming_account  = local.account
  billing_account    = local.account
  role_assignments   = [for assignment in ixapi_role_assignment.noc : assignment.id]
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
  managing_account   = local.account
  consuming_account  = local.account
  billing_account    = local.account
  role_assignments   = [for assignment in ixapi_role_assignment.noc : assignment.id]
  vlan_config {
    vlan_type  = var.changed ? "dot1q" : "qinq"
    inner_vlan = var.changed ? null : 7
  }
}

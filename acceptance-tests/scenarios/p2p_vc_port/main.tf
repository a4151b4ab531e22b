# A circuit that takes a whole port, and whose configs are products of their own. Later the port is
# shared after all, and the config becomes faster.
# Capabilities: 12, 13, 32, 49

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
  for_each          = toset(["FRA1-A", "FRA6-B"])
  managing_account  = local.account
  consuming_account = local.account
  billing_account   = local.account
  role_assignments  = [for assignment in ixapi_role_assignment.noc : assignment.id]
  mode              = "standalone"
  product_offering  = "503236.${each.key}.S"
  port_quantity     = 1
}

resource "ixapi_p2p_vc" "circuit" {
  managing_account       = local.account
  consuming_account      = local.account
  billing_account        = local.account
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
  managing_account   = local.account
  consuming_account  = local.account
  billing_account    = local.account
  role_assignments   = [for assignment in ixapi_role_assignment.noc : assignment.id]
  product_offering   = local.offerings[var.changed ? 10000 : 1000]
  vlan_config {
    vlan_type = var.changed ? "dot1q" : "port"
  }
}

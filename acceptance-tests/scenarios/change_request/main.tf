# What the joining member of a circuit asks its owner to change, and takes back in the end.
# Capabilities: 62, 63

terraform {
  required_providers {
    ixapi = {
      source = "ixapi-rs/ixapi"
    }
  }
}

variable "b_key" {
  type = string
}

variable "b_secret" {
  type      = string
  sensitive = true
}

provider "ixapi" {
  alias      = "b"
  api_key    = var.b_key
  api_secret = var.b_secret
}

locals {
  a = "A0087999"
}

data "ixapi_accounts" "b" {
  name = "TEST COMPANY 2 NL"
}

locals {
  b = one(data.ixapi_accounts.b.accounts).id
}

resource "ixapi_connection" "a" {
  managing_account  = local.a
  consuming_account = local.a
  billing_account   = local.a
  role_assignments  = []
  mode              = "standalone"
  product_offering  = "503234.AMS5-B.S"
  port_quantity     = 1
}

resource "ixapi_p2p_vc" "circuit" {
  managing_account       = local.a
  consuming_account      = local.a
  billing_account        = local.a
  external_ref           = "of party A"
  product_offering       = "503122.AMS.AMS"
  joining_member_account = local.b
}

resource "ixapi_nsc" "a" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.a.id
  managing_account   = local.a
  consuming_account  = local.a
  billing_account    = local.a
  role_assignments   = []
  vlan_config {
    vlan_type = "dot1q"
    vlan      = 23
  }
}

resource "ixapi_connection" "b" {
  provider          = ixapi.b
  managing_account  = local.b
  consuming_account = local.b
  billing_account   = local.b
  role_assignments  = []
  mode              = "standalone"
  product_offering  = "503233.AMS5-B.S"
  port_quantity     = 1
}

resource "ixapi_nsc" "b" {
  provider           = ixapi.b
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.b.id
  managing_account   = local.b
  consuming_account  = local.b
  billing_account    = local.b
  role_assignments   = []
  vlan_config {
    vlan_type = "dot1q"
    vlan      = 42
  }
}

resource "ixapi_change_request" "more" {
  provider         = ixapi.b
  network_service  = ixapi_p2p_vc.circuit.id
  product_offering = "503124.AMS.AMS"
  capacity         = 400
  depends_on       = [ixapi_nsc.a, ixapi_nsc.b]
}

# All that one has goes over to another account of one's own, in place.
# Capabilities: 5, 17, 49, 50
# With: contact

locals {
  owner = var.changed ? "A0073476" : local.account
}

resource "ixapi_contact" "desk" {
  managing_account  = local.owner
  consuming_account = local.owner
  name              = "Network operations"
}

resource "ixapi_connection" "port" {
  managing_account  = local.owner
  consuming_account = local.owner
  billing_account   = local.owner
  role_assignments  = []
  mode              = "standalone"
  product_offering  = "503234.AMS5-B.S"
  port_quantity     = 1
}

resource "ixapi_p2p_vc" "circuit" {
  managing_account       = local.owner
  consuming_account      = local.owner
  billing_account        = local.owner
  product_offering       = "503122.AMS.AMS"
  joining_member_account = local.owner
}

resource "ixapi_nsc" "side" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port.id
  managing_account   = local.owner
  consuming_account  = local.owner
  billing_account    = local.owner
  role_assignments   = var.changed ? ixapi_contact.noc.role_assignments : []
  vlan_config {
    vlan_type = "dot1q"
  }
}

resource "ixapi_p2mp_vc" "broadcast" {
  managing_account  = local.owner
  consuming_account = local.owner
  billing_account   = local.owner
  product_offering  = "503501.AMS"
}

resource "ixapi_mp2mp_vc" "group" {
  managing_account  = local.owner
  consuming_account = local.owner
  billing_account   = local.owner
  product_offering  = "503402.AMS"
}

data "ixapi_product_offering" "aws" {
  type               = "cloud_vc"
  service_provider   = "Amazon Web Services"
  service_metro_area = "AMS"
  bandwidth          = 50
}

resource "ixapi_cloud_vc" "aws" {
  managing_account  = local.owner
  consuming_account = local.owner
  billing_account   = local.owner
  product_offering  = data.ixapi_product_offering.aws.id
  cloud_key         = var.changed ? "123456789877" : "123456789876"
}

# A cloud circuit on a routing function in place of a port: what layer 3 does not say, the exchange
# picks. Bandwidth, number and BGP change in place.
# Capabilities: 49, 65, 66
# Dialects: ix-api (layer 3 is of a later version of IX-API than Digital Realty's)

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
resource "ixapi_routing_function" "router" {
  managing_account  = local.account
  consuming_account = local.account
  billing_account   = local.account
  external_ref      = var.changed ? null : "router"
  purchase_order    = var.changed ? "PO 2" : null
  contract_ref      = var.changed ? null : "C-1"
  product_offering  = var.changed ? "503602.AMS" : "503601.AMS"
  asn               = var.changed ? 64513 : 64512
  capacity          = var.changed ? null : 500
}

resource "ixapi_cloud_vc" "google" {
  managing_account  = local.account
  consuming_account = local.account
  billing_account   = local.account
  product_offering  = "google-ci.ams-zone1-8.AMS.100"
  cloud_key         = "d8412846-c12b-3364-cd67-1471187ce9c9/europe-west4/2"
}

resource "ixapi_nsc" "routed" {
  type              = "cloud_vc"
  network_service   = ixapi_cloud_vc.google.id
  handover          = 1
  routing_function  = ixapi_routing_function.router.id
  managing_account  = local.account
  consuming_account = local.account
  billing_account   = local.account
  role_assignments  = []

  l3_config {
    bgp_neighbor_asn = var.changed ? 16551 : 16550
    bgp_password     = var.changed ? "lion" : "panda"
    bfd              = var.changed ? true : null
  }
}

data "ixapi_routing_function" "router" {
  id = ixapi_routing_function.router.id
}

data "ixapi_routing_functions" "all" {
  state      = "production"
  depends_on = [ixapi_routing_function.router]

  lifecycle {
    postcondition {
      condition     = length(self.routing_functions) == 1
      error_message = "There is one."
    }
  }
}

data "ixapi_cancellation_policy" "router" {
  routing_function = ixapi_routing_function.router.id
}

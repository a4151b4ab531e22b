# A cloud circuit on a routing function in place of a port: what layer 3 does not say, the exchange
# picks. Bandwidth, number and BGP change in place.
# Capabilities: 49, 65, 66
# Dialects: ix-api (layer 3 is of a later version of IX-API than Digital Realty's)

locals {
  owner = var.changed ? "A0073476" : local.account
}

resource "ixapi_routing_function" "router" {
  managing_account  = local.owner
  consuming_account = local.owner
  billing_account   = local.owner
  external_ref      = var.changed ? null : "router"
  purchase_order    = var.changed ? "PO 2" : null
  contract_ref      = var.changed ? null : "C-1"
  product_offering  = var.changed ? "503602.AMS" : "503601.AMS"
  asn               = var.changed ? 64513 : 64512
  capacity          = var.changed ? null : 500
}

resource "ixapi_routing_function" "other" {
  product_offering = "503601.AMS"
  asn              = 64512
}

resource "ixapi_cloud_vc" "google" {
  product_offering = "google-ci.ams-zone1-8.AMS.200"
  cloud_key        = "d8412846-c12b-3364-cd67-1471187ce9c9/europe-west4/2"
}

resource "ixapi_nsc" "routed" {
  type             = "cloud_vc"
  network_service  = ixapi_cloud_vc.google.id
  handover         = 1
  routing_function = (var.changed ? ixapi_routing_function.other : ixapi_routing_function.router).id
  role_assignments = []

  l3_config {
    bgp_neighbor_asn               = var.changed ? 16551 : 16550
    bgp_password                   = var.changed ? "lion" : "panda"
    bfd                            = var.changed ? true : null
    bgp_address_family             = var.changed ? "ipv4" : null
    bgp_neighbor_address           = var.changed ? "169.254.0.2/30" : null
    bgp_neighbor_address_primary   = var.changed ? "169.254.0.6/30" : null
    bgp_neighbor_address_secondary = var.changed ? "169.254.0.10/30" : null
    local_asn                      = var.changed ? 64513 : null
    local_address                  = var.changed ? "169.254.0.1/30" : null
    local_address_primary          = var.changed ? "169.254.0.5/30" : null
    local_address_secondary        = var.changed ? "169.254.0.9/30" : null
  }
}

data "ixapi_routing_function" "router" {
  id = ixapi_routing_function.router.id
}

data "ixapi_routing_functions" "all" {
  state      = "production"
  depends_on = [ixapi_routing_function.router, ixapi_routing_function.other]

  lifecycle {
    postcondition {
      condition     = length(self.routing_functions) == 2
      error_message = "There are two."
    }
  }
}

data "ixapi_cancellation_policy" "router" {
  routing_function = ixapi_routing_function.router.id
}

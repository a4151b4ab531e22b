# A cloud circuit that is begun at the provider, with two handovers and several VLANs there: its
# offering is found by the key; bandwidth, references and VLANs change in place.
# Capabilities: 14, 43, 49, 50, 64, 65, 66, 67
# With: port, contact

locals {
  key = "0f3b6b4c-1c1c-4d5a-9a55-0a6f9c2d7e11"
}

data "ixapi_product_offerings" "fitting" {
  type      = "cloud_vc"
  cloud_key = local.key
}

data "ixapi_product_offering" "chosen" {
  type      = "cloud_vc"
  cloud_key = local.key
  bandwidth = var.changed ? 100 : 50

  lifecycle {
    postcondition {
      condition     = self.service_provider_workflow == "provider_first" && self.diversity == 2
      error_message = "The key is one of the provider's that begins circuits."
    }
    postcondition {
      condition     = length(data.ixapi_product_offerings.fitting.product_offerings) == 3
      error_message = "The key fits the offerings of one provider."
    }
  }
}

resource "ixapi_cloud_vc" "azure" {
  external_ref     = var.changed ? null : "azure"
  purchase_order   = var.changed ? "PO 2" : "PO 1"
  contract_ref     = var.changed ? "C-2" : null
  product_offering = data.ixapi_product_offering.chosen.id
  cloud_key        = local.key
}

resource "ixapi_nsc" "handover" {
  count              = 2
  type               = "cloud_vc"
  network_service    = ixapi_cloud_vc.azure.id
  handover           = count.index + 1
  cloud_vlan         = var.changed ? 100 : null
  network_connection = ixapi_connection.port.id
  external_ref       = var.changed ? "path" : null
  role_assignments   = ixapi_contact.noc.role_assignments
  capacity           = var.changed ? 40 : 30

  vlan_config {
    vlan_type = "dot1q"
    vlan      = (var.changed ? 33 : 23) + count.index
  }
}

data "ixapi_cancellation_policy" "end" {
  network_service = ixapi_cloud_vc.azure.id

  lifecycle {
    postcondition {
      condition     = self.decommission_at != null
      error_message = "The exchange tells when the circuit would end."
    }
  }
}

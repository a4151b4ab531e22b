# Cloud circuits that are begun at the exchange: one whose bandwidth is its offering's, one whose
# bandwidth is a choice; and one at a provider that is told about BGP. A config changes from one tag
# to two, and the tags of another are the exchange's choice.
# Capabilities: 12, 45, 49, 51, 64, 65
# With: port, contact
# Sandbox: --quirk cloud-configs-first
# Sandbox: --quirk decommissioned-stays

resource "ixapi_connection" "frankfurt" {
  role_assignments = ixapi_contact.noc.role_assignments
  mode             = "standalone"
  product_offering = "503234.FRA1-A.S"
  port_quantity    = 1
}

data "ixapi_product_offering" "aws" {
  type               = "cloud_vc"
  service_provider   = "Amazon Web Services"
  service_metro_area = "AMS"
  bandwidth          = 50

  lifecycle {
    postcondition {
      condition     = self.service_provider_workflow == "exchange_first"
      error_message = "AWS accepts what is begun at the exchange."
    }
  }
}

resource "ixapi_cloud_vc" "aws" {
  external_ref     = "aws"
  product_offering = data.ixapi_product_offering.aws.id
  cloud_key        = "123456789876"
}

resource "ixapi_nsc" "aws" {
  type               = "cloud_vc"
  network_service    = ixapi_cloud_vc.aws.id
  product_offering   = ixapi_cloud_vc.aws.product_offering
  handover           = 1
  network_connection = ixapi_connection.port.id
  role_assignments   = []

  vlan_config {
    vlan_type  = var.changed ? "qinq" : "dot1q"
    inner_vlan = var.changed ? 33 : null
  }
}

resource "ixapi_cloud_vc" "alibaba" {
  product_offering = "alibaba-ec.frankfurt.FRA"
  cloud_key        = "9876543210123456"
  capacity         = var.changed ? null : 300
}

resource "ixapi_nsc" "alibaba" {
  type               = "cloud_vc"
  network_service    = ixapi_cloud_vc.alibaba.id
  handover           = 1
  network_connection = ixapi_connection.frankfurt.id
  role_assignments   = []

  vlan_config {
    vlan_type = "dot1q"
  }

  cloud_config {
    bgp_password                   = var.changed ? "lion" : "panda"
    bgp_neighbor_asn               = var.changed ? 64514 : 64513
    bfd                            = var.changed ? true : null
    bgp_address_family             = var.changed ? "ipv4" : null
    bgp_neighbor_address           = var.changed ? "169.254.0.2/30" : null
    bgp_neighbor_address_primary   = var.changed ? "169.254.0.6/30" : null
    bgp_neighbor_address_secondary = var.changed ? "169.254.0.10/30" : null
    local_asn                      = var.changed ? 64513 : null
    local_address                  = var.changed ? "169.254.0.1/30" : null
    local_address_primary          = var.changed ? "169.254.0.5/30" : null
    local_address_secondary        = var.changed ? "169.254.0.9/30" : null
    vlan                           = var.changed ? 44 : 43
  }
}

resource "ixapi_cloud_vc" "oracle" {
  product_offering = "oracle-fc.amsterdam.AMS.1000"
  cloud_key        = "ocid1.virtualcircuit.oc1.eu-amsterdam-1.aaaa"
}

resource "ixapi_nsc" "oracle" {
  type               = "cloud_vc"
  network_service    = ixapi_cloud_vc.oracle.id
  handover           = 1
  network_connection = ixapi_connection.port.id
  role_assignments   = []

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 700
  }

  cloud_config {
    peering_type     = var.changed ? "public" : "private"
    bgp_neighbor_asn = 64513
    bgp_password     = "panda"
  }
}

# In a configuration of its own, this is a variable.
locals {
  service_key = data.ixapi_service_key_connection.b.service_key
}

data "ixapi_service_key" "partner" {
  service_key = local.service_key

  lifecycle {
    postcondition {
      condition     = self.legal_name == "TEST COMPANY 2 NL"
      error_message = "This key is of ${self.legal_name}."
    }
  }
}

data "ixapi_product_offering" "circuit" {
  type                        = "p2p_vc"
  resource_type               = "network_service"
  handover_metro_area_network = "AMS"
  service_metro_area_network  = data.ixapi_service_key.partner.metro_area_network
  bandwidth                   = 200
}

resource "ixapi_connection" "a" {
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503234.AMS5-B.S"
}

resource "ixapi_p2p_vc" "circuit" {
  product_offering = data.ixapi_product_offering.circuit.id
  service_key      = local.service_key
}

resource "ixapi_nsc" "a" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.a.id

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 23
  }
}

# Two ways into an exchange, a single port and a LAG, and a circuit between them.
#
# `make demo` runs this against the sandbox. For a real exchange, set IX_API_HOST, IX_API_KEY,
# IX_API_SECRET and IX_API_OAUTH2_TOKEN_URL, and your own pop. Your account and who is responsible
# are found there; IX_API_ACCOUNT and IX_API_CONTACTS choose among several.

terraform {
  required_providers {
    ixapi = { source = "ixapi-rs/ixapi" }
  }
}

variable "vlan" {
  default = 23
}

data "ixapi_product_offering" "port" {
  type                    = "connection"
  handover_pop            = "AMS7-A"
  physical_port_speed     = 10000
  cross_connect_initiator = "subscriber"
}

data "ixapi_product_offering" "circuit" {
  type                        = "p2p_vc"
  resource_type               = "network_service"
  handover_metro_area_network = data.ixapi_product_offering.port.handover_metro_area_network
  service_metro_area_network  = data.ixapi_product_offering.port.handover_metro_area_network
  bandwidth                   = 1000
}

resource "ixapi_contact" "noc" {
  name      = "Network Operations"
  email     = "noc@example.net"
  telephone = "+31 20 555 0100"
  roles     = data.ixapi_product_offering.port.required_contact_roles
}

resource "ixapi_connection" "way" {
  for_each         = { standalone = 1, lag_lacp = 2 }
  mode             = each.key
  port_quantity    = each.value
  product_offering = data.ixapi_product_offering.port.id
  depends_on       = [ixapi_contact.noc]
}

resource "ixapi_port_reservation" "third" {
  network_connection = ixapi_connection.way["lag_lacp"].id
}

resource "ixapi_p2p_vc" "circuit" {
  joining_member_account = ixapi_contact.noc.consuming_account # both sides are ours
  product_offering       = data.ixapi_product_offering.circuit.id
}

resource "ixapi_nsc" "side" {
  for_each           = { standalone = var.vlan, lag_lacp = 100 }
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.way[each.key].id

  vlan_config {
    vlan_type  = each.key == "lag_lacp" ? "qinq" : "dot1q"
    vlan       = each.key == "lag_lacp" ? null : each.value
    outer_vlan = each.key == "lag_lacp" ? each.value : null
    inner_vlan = each.key == "lag_lacp" ? 23 : null
  }
}

output "circuit" {
  value = "${ixapi_p2p_vc.circuit.id}, ${ixapi_p2p_vc.circuit.capacity} Mbit/s"
}

output "cross_connect_to" {
  value = ixapi_port_reservation.third.exchange_side_demarc
}

# Two ways into an exchange, a single port and a LAG, and a circuit between them.
#
# `make demo` runs this against the sandbox. For a real exchange, set the environment variables
# IX_API_HOST, IX_API_KEY, IX_API_SECRET and IX_API_OAUTH2_TOKEN_URL, and your own account and pop.

terraform {
  required_providers {
    ixapi = {
      source = "ixapi-rs/ixapi"
    }
  }
}

provider "ixapi" {}

variable "account" {
  description = "Account that orders, uses and pays."
  type        = string
  default     = "A0087999"
}

variable "pop" {
  description = "Point of presence at which the ports are ordered."
  type        = string
  default     = "AMS7-A"
}

variable "vlan" {
  description = "VLAN of the circuit on the single port."
  type        = number
  default     = 23
}

# What is there?

data "ixapi_pop" "here" {
  id = var.pop
}

data "ixapi_product_offering" "port" {
  type                    = "connection"
  handover_pop            = data.ixapi_pop.here.id
  physical_port_speed     = 10000
  cross_connect_initiator = "subscriber"
}

data "ixapi_product_offerings" "circuits" {
  type                        = "p2p_vc"
  resource_type               = "network_service"
  handover_metro_area_network = data.ixapi_pop.here.metro_area_network
  service_metro_area_network  = data.ixapi_pop.here.metro_area_network
  bandwidth                   = 1000
}

# Who is responsible? One contact takes every role that the ports need.

resource "ixapi_contact" "noc" {
  managing_account  = var.account
  consuming_account = var.account
  name              = "Network Operations"
  email             = "noc@example.net"
  telephone         = "+31 20 555 0100"
  roles             = data.ixapi_product_offering.port.required_contact_roles
}

# A single port.

resource "ixapi_connection" "port" {
  managing_account  = var.account
  consuming_account = var.account
  billing_account   = var.account
  role_assignments  = ixapi_contact.noc.role_assignments
  external_ref      = "quickstart-port"
  mode              = "standalone"
  port_quantity     = 1
  product_offering  = data.ixapi_product_offering.port.id
}

# A LAG of two ports, and a third one added to it.

resource "ixapi_connection" "lag" {
  managing_account  = var.account
  consuming_account = var.account
  billing_account   = var.account
  role_assignments  = ixapi_contact.noc.role_assignments
  external_ref      = "quickstart-lag"
  mode              = "lag_lacp"
  lacp_timeout      = "slow"
  port_quantity     = 2
  product_offering  = data.ixapi_product_offering.port.id
}

resource "ixapi_port_reservation" "third" {
  network_connection = ixapi_connection.lag.id
  external_ref       = "quickstart-lag-3"
}

# A circuit between the two, with a config on each side.

resource "ixapi_p2p_vc" "circuit" {
  managing_account       = var.account
  consuming_account      = var.account
  billing_account        = var.account
  joining_member_account = var.account
  product_offering       = data.ixapi_product_offerings.circuits.product_offerings[0].id
  display_name           = "quickstart"
}

resource "ixapi_nsc" "port_side" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port.id
  managing_account   = var.account
  consuming_account  = var.account
  billing_account    = var.account
  role_assignments   = ixapi_contact.noc.role_assignments

  vlan_config {
    vlan_type = "dot1q"
    vlan      = var.vlan
  }
}

resource "ixapi_nsc" "lag_side" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.lag.id
  managing_account   = var.account
  consuming_account  = var.account
  billing_account    = var.account
  role_assignments   = ixapi_contact.noc.role_assignments

  vlan_config {
    vlan_type  = "qinq"
    outer_vlan = 100
    inner_vlan = 23
  }
}

output "port" {
  value = "${ixapi_connection.port.id} at ${ixapi_connection.port.pop}"
}

output "lag" {
  value = "${ixapi_connection.lag.id}, and ${ixapi_port_reservation.third.id} added to it"
}

output "cross_connect_to" {
  description = "Where the cross connect of the added port ends."
  value       = ixapi_port_reservation.third.exchange_side_demarc
}

output "circuit" {
  value = "${ixapi_p2p_vc.circuit.id}: ${ixapi_p2p_vc.circuit.capacity} Mbit/s, VLAN ${ixapi_nsc.port_side.vlan_config.vlan}"
}

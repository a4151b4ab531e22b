# A circuit that is ordered with the service key of another party's port, which joins from it.
# Capabilities: 28, 29, 30, 31, 32, 33, 34, 35
# With: second party, port of b, port
# Dialects: digital-realty (others have no service keys, unless they are switched on)
# Sandbox: --dialect ix-api --quirk service-keys --quirk extensions-at-root
# Sandbox: --dialect ix-api --quirk service-keys --quirk extensions-unlisted

# The inviting party hands out the key of its port.
data "ixapi_service_key_connection" "b" {
  provider = ixapi.b
  id       = ixapi_connection.b.id
}

# The subscribing party looks what it is for.
data "ixapi_service_key" "b" {
  service_key = data.ixapi_service_key_connection.b.service_key
}

data "ixapi_product_offering" "wanted" {
  type                        = "p2p_vc"
  resource_type               = "network_service"
  handover_metro_area_network = "AMS"
  service_metro_area_network  = data.ixapi_service_key.b.metro_area_network
  bandwidth                   = 200
}

resource "ixapi_p2p_vc" "circuit" {
  external_ref     = var.changed ? "of party A" : null
  product_offering = data.ixapi_product_offering.wanted.id
  service_key      = data.ixapi_service_key_connection.b.service_key
}

resource "ixapi_nsc" "a" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port.id
  role_assignments   = []
  vlan_config {
    vlan_type = "dot1q"
    vlan      = 23
  }
}

# The inviting party finds the circuit among those that were ordered with its keys, and joins.
data "ixapi_service_key_network_service" "invitation" {
  provider               = ixapi.b
  joining_member_account = local.b
  id                     = ixapi_p2p_vc.circuit.id
}

resource "ixapi_nsc" "b" {
  provider           = ixapi.b
  type               = "p2p_vc"
  network_service    = data.ixapi_service_key_network_service.invitation.id
  network_connection = data.ixapi_service_key.b.connection
  role_assignments   = []
  vlan_config {
    vlan_type = "dot1q"
    vlan      = var.changed ? 43 : 42
  }
}

# Both see it live.
data "ixapi_service_key_network_services" "live" {
  state      = "production"
  depends_on = [ixapi_nsc.b]
}

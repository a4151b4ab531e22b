# A port joins a peering LAN: the config rests in error until its sessions with the required route
# server are there, and does not hold them up. Names, routes, prefixes, VLAN and bandwidth change in
# place.
# Capabilities: 9, 10, 12, 32, 44, 52, 53, 54, 55, 56, 57, 58
# With: port, contact
# Sandbox: --page-size 2
# Sandbox: --ignore-filters
# Sandbox: --metadata-lag 1
# Sandbox: --step-ms 20

locals {
  owner = var.changed ? "A0073476" : local.account
}

data "ixapi_availability_zones" "all" {}

data "ixapi_role" "noc" {
  name = "NoC"
}

data "ixapi_product_offering" "peering" {
  type                = "exchange_lan"
  handover_metro_area = "AMS"
  bandwidth           = 1000
}

data "ixapi_network_service" "lan" {
  type             = "exchange_lan"
  product_offering = data.ixapi_product_offering.peering.id

  lifecycle {
    postcondition {
      condition     = self.nsc_required_contact_roles == toset([data.ixapi_role.noc.id])
      error_message = "The LAN needs other roles: ${jsonencode(self.nsc_required_contact_roles)}"
    }
  }
}

data "ixapi_network_features" "required" {
  network_service = data.ixapi_network_service.lan.id
  required        = true
}

data "ixapi_network_feature" "route_server" {
  network_service = data.ixapi_network_service.lan.id
  required        = true

  lifecycle {
    postcondition {
      condition     = tolist([self.id]) == data.ixapi_network_features.required.network_features[*].id
      error_message = "There are others: ${jsonencode(data.ixapi_network_features.required)}"
    }
    postcondition {
      condition     = self.flags["RPKI-HARD-FILTER"].mandatory && !self.flags.BLACKHOLING.mandatory
      error_message = "There are other flags: ${jsonencode(self.flags)}"
    }
  }
}

resource "ixapi_mac" "router" {
  address = "42:23:bc:8e:b8:b0"
}

resource "ixapi_mac" "spare" {
  address = "42:23:bc:8e:b8:b1"
}

resource "ixapi_nsc" "lan" {
  type                = "exchange_lan"
  network_service     = data.ixapi_network_service.lan.id
  network_connection  = ixapi_connection.port.id
  external_ref        = var.changed ? "peering (2G)" : "peering"
  purchase_order      = var.changed ? null : "PO 1"
  role_assignments    = ixapi_contact.noc.role_assignments
  product_offering    = data.ixapi_product_offering.peering.id
  capacity            = var.changed ? 2000 : 1000
  asns                = var.changed ? [64512, 64513] : [64512]
  macs                = var.changed ? [ixapi_mac.spare.id] : [ixapi_mac.router.id]
  listed              = var.changed
  consumer_side_ready = var.changed
  availability_zone   = var.changed ? data.ixapi_availability_zones.all.availability_zones[0].id : null
  vlan_config {
    vlan_type = "dot1q"
    vlan      = var.changed ? 601 : 600
  }
  shared_statistics {
    policy           = var.changed ? "allow" : "deny"
    accounts_allowed = var.changed ? null : ["A0087264"]
    accounts_denied  = var.changed ? ["A0087264"] : null
  }
}

resource "ixapi_ip" "address" {
  for_each               = toset(["4", "6"])
  network_service_config = ixapi_nsc.lan.id
  version                = each.key
  fqdn                   = var.changed ? null : "edge-1.v${each.key}.ams.example.net"
}

resource "ixapi_nfc" "v4" {
  network_feature        = data.ixapi_network_feature.route_server.id
  network_service_config = ixapi_nsc.lan.id
  role_assignments       = ixapi_contact.noc.role_assignments
  flags                  = { BLACKHOLING = true }
  external_ref           = var.changed ? null : "session over IPv4"
  ip                     = ixapi_ip.address["4"].id
  asn                    = var.changed ? 64513 : 64512
  as_set_v4              = var.changed ? "AS-EXAMPLE-2@RIPE" : "AS-EXAMPLE@RIPE"
  as_set_v6              = var.changed ? "AS-EXAMPLE-2@RIPE" : null
  max_prefix_v4          = var.changed ? 2000 : 1000
  insert_ixp_asn         = !var.changed
  password               = var.changed ? null : "not much of a secret"
  managing_account       = local.owner
  consuming_account      = local.owner
  session_mode           = data.ixapi_network_feature.route_server.session_mode
  bgp_session_type       = "passive"
}

resource "ixapi_nfc" "v6" {
  network_feature        = data.ixapi_network_feature.route_server.id
  network_service_config = ixapi_nsc.lan.id
  role_assignments       = ixapi_contact.noc.role_assignments
  ip                     = ixapi_ip.address["6"].id
  asn                    = 64512
  as_set_v6              = var.changed ? "AS-EXAMPLE-2@RIPE" : "AS-EXAMPLE@RIPE"
  max_prefix_v6          = var.changed ? null : 500
  session_mode           = "public"
  bgp_session_type       = "passive"
}

# Addresses of one's own, registered with the exchange and named by a config of a closed user group.
# They change in place, and nothing deletes them.
# Capabilities: 60
# With: port
# Dialects: ix-api (the guides of Digital Realty know only addresses that the exchange allocates)

resource "ixapi_mp2mp_vc" "group" {
  product_offering = "503402.AMS"
  display_name     = "Example exchange of ours"
  public           = false
}

resource "ixapi_ip" "v4" {
  managing_account  = var.changed ? "A0073476" : local.account
  consuming_account = var.changed ? "A0073476" : local.account
  version           = 4
  address           = var.changed ? "192.0.2.11" : "192.0.2.10"
  prefix_length     = var.changed ? 25 : 24
  fqdn              = var.changed ? null : "edge-1.example.net"
  external_ref      = var.changed ? "edge 2" : "edge 1"
}

# However it is written.
resource "ixapi_ip" "v6" {
  version          = 6
  address          = "2001:0db8::0010"
  prefix_length    = 64
  valid_not_before = var.changed ? "2026-01-01T00:00:00Z" : null
  valid_not_after  = var.changed ? null : "2999-12-31T00:00:00Z"
}

resource "ixapi_nsc" "own" {
  type               = "mp2mp_vc"
  network_service    = ixapi_mp2mp_vc.group.id
  network_connection = ixapi_connection.port.id
  role_assignments   = []
  product_offering   = "503411.AMS"
  ips                = [ixapi_ip.v4.id, ixapi_ip.v6.id]
  vlan_config {
    vlan_type = "dot1q"
    vlan      = 700
  }
}

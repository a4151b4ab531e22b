variable "bgp_password" {
  description = "Password of the sessions with the route server."
  type        = string
  sensitive   = true
  ephemeral   = true
  default     = "not much of a secret"
}

resource "ixapi_ip" "address" {
  for_each               = toset(["4", "6"])
  network_service_config = ixapi_nsc.peering.id
  version                = each.key
  fqdn                   = "edge-1.ams.example.net"
}

resource "ixapi_nfc" "v4" {
  network_feature        = data.ixapi_network_feature.route_server.id
  network_service_config = ixapi_nsc.peering.id
  ip                     = ixapi_ip.address["4"].id
  asn                    = 64512
  as_set_v4              = "AS-EXAMPLE@RIPE"
  max_prefix_v4          = 1000
  session_mode           = data.ixapi_network_feature.route_server.session_mode
  bgp_session_type       = "passive"
  flags                  = { BLACKHOLING = true }
  password_wo            = var.bgp_password
  password_wo_version    = 1
  depends_on             = [ixapi_contact.noc]
}

resource "ixapi_nfc" "v6" {
  network_feature        = data.ixapi_network_feature.route_server.id
  network_service_config = ixapi_nsc.peering.id
  ip                     = ixapi_ip.address["6"].id
  asn                    = 64512
  as_set_v6              = "AS-EXAMPLE@RIPE"
  max_prefix_v6          = 500
  session_mode           = data.ixapi_network_feature.route_server.session_mode
  bgp_session_type       = "passive"
  password_wo            = var.bgp_password
  password_wo_version    = 1
  depends_on             = [ixapi_contact.noc]
}

output "addresses" {
  value = { for version, ip in ixapi_ip.address : version => "${ip.address}/${ip.prefix_length}" }
}

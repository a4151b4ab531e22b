variable "lan" {
  description = "Id of the peering LAN."
  type        = string
}

variable "config" {
  description = "Id of our network service config of it."
  type        = string
}

variable "password" {
  description = "Password of the BGP session."
  type        = string
  sensitive   = true
  ephemeral   = true
}

data "ixapi_network_feature" "route_server" {
  network_service = var.lan
  required        = true
}

resource "ixapi_ip" "v4" {
  network_service_config = var.config
  version                = 4
}

# A session with the route server. Its password is sent and never stored; raise the version to send
# another one.
resource "ixapi_nfc" "v4" {
  network_feature        = data.ixapi_network_feature.route_server.id
  network_service_config = var.config
  managing_account       = "A0087999"
  consuming_account      = "A0087999"
  billing_account        = "A0087999"
  role_assignments       = ["af94ae93-c387-461f-2374-08d9b0f3961e"]
  ip                     = ixapi_ip.v4.id
  asn                    = 64512
  as_set_v4              = "AS-EXAMPLE@RIPE"
  session_mode           = "public"
  bgp_session_type       = "passive"
  password_wo            = var.password
  password_wo_version    = 1
}

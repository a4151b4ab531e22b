# The route server of a peering LAN that everybody has to have a session with.
variable "lan" {
  description = "Id of the peering LAN."
  type        = string
}

data "ixapi_network_feature" "route_server" {
  network_service = var.lan
  required        = true
}

output "flags" {
  value = data.ixapi_network_feature.route_server.flags
}

# What a peering LAN requires of its members.
variable "lan" {
  description = "Id of the peering LAN."
  type        = string
}

data "ixapi_network_features" "required" {
  network_service = var.lan
  required        = true
}

output "route_servers" {
  value = data.ixapi_network_features.required.network_features[*].fqdn
}

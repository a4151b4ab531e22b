# All addresses of a config of a peering LAN.
variable "config" {
  description = "Id of the network service config."
  type        = string
}

data "ixapi_ips" "all" {
  network_service_config = var.config
}

output "addresses" {
  value = data.ixapi_ips.all.ips[*].address
}

# Everything that is on one port.
variable "port" {
  description = "Id of the port."
  type        = string
}

data "ixapi_network_service_configs" "on_the_port" {
  network_connection = var.port
}

output "vlans" {
  value = data.ixapi_network_service_configs.on_the_port.network_service_configs[*].vlan_config.vlan
}

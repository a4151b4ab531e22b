# The IPv4 address of a config of a peering LAN.
variable "config" {
  description = "Id of the network service config."
  type        = string
}

data "ixapi_ip" "v4" {
  network_service_config = var.config
  version                = 4
}

output "address" {
  value = "${data.ixapi_ip.v4.address}/${data.ixapi_ip.v4.prefix_length}"
}

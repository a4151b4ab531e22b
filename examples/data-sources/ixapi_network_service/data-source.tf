# The peering LAN of one metro area network.
variable "offering" {
  description = "Id of the product offering of the peering LAN."
  type        = string
}

data "ixapi_network_service" "lan" {
  type             = "exchange_lan"
  product_offering = var.offering
}

output "subnets" {
  value = [data.ixapi_network_service.lan.subnet_v4, data.ixapi_network_service.lan.subnet_v6]
}

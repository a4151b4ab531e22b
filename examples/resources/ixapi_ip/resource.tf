variable "config" {
  description = "Id of the network service config of a peering LAN."
  type        = string
}

# The addresses that the exchange allocated for it, with their names in the DNS.
resource "ixapi_ip" "v4" {
  network_service_config = var.config
  version                = 4
  fqdn                   = "edge-1.ams.example.net"
}

resource "ixapi_ip" "v6" {
  network_service_config = var.config
  version                = 6
  fqdn                   = "edge-1.ams.example.net"
}

# One of your own, where the exchange takes such.
resource "ixapi_ip" "own" {
  version       = 4
  address       = "192.0.2.10"
  prefix_length = 24
}

variable "lag" {
  description = "Id of a LAG."
  type        = string
}

# The ports of a LAG, and where their cross connects end.
data "ixapi_port_reservations" "lag" {
  network_connection = var.lag
}

output "demarcs" {
  value = {
    for port in data.ixapi_port_reservations.lag.port_reservations :
    port.id => port.exchange_side_demarc
  }
}

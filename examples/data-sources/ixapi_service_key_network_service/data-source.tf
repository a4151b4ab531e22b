# How far a circuit has come that was ordered with a service key.
variable "circuit" {
  description = "Id of the circuit."
  type        = string
}

data "ixapi_service_key_network_service" "circuit" {
  id = var.circuit
}

output "state" {
  value = data.ixapi_service_key_network_service.circuit.state
}

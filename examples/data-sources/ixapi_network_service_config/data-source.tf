# Our own side of a circuit.
variable "circuit" {
  description = "Id of the circuit."
  type        = string
}

data "ixapi_network_service_config" "ours" {
  network_service  = var.circuit
  managing_account = "A0087999"
}

output "vlan" {
  value = data.ixapi_network_service_config.ours.vlan_config.vlan
}

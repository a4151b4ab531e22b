# Circuits that others have ordered to us and that wait for our side.
data "ixapi_network_services" "circuits" {
  type = "p2p_vc"
}

output "to_accept" {
  value = [
    for circuit in data.ixapi_network_services.circuits.network_services : circuit.id
    if contains(circuit.status[*].tag, "b_side_nsc_required")
  ]
}

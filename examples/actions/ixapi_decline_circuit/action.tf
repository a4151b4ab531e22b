# terraform apply -invoke=action.ixapi_decline_circuit.unwanted
action "ixapi_decline_circuit" "unwanted" {
  config {
    network_service = "VLC00050255"
  }
}

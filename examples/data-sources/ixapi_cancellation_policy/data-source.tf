# When a circuit would end, and until when it would be billed: cancelled now, and on a later day.
variable "circuit" {
  description = "Id of the circuit."
  type        = string
}

data "ixapi_cancellation_policy" "now" {
  network_service = var.circuit
}

data "ixapi_cancellation_policy" "later" {
  network_service = var.circuit
  decommission_at = "2030-12-31"
}

output "billed_until" {
  value = [
    data.ixapi_cancellation_policy.now.charged_until,
    data.ixapi_cancellation_policy.later.charged_until,
  ]
}

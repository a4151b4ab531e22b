data "ixapi_cancellation_policy" "now" {
  network_connection = ixapi_connection.old.id
}

data "ixapi_cancellation_policy" "later" {
  network_connection = ixapi_connection.old.id
  decommission_at    = "2030-12-31"
}

output "ends" {
  value = [
    data.ixapi_cancellation_policy.now.decommission_at,
    data.ixapi_cancellation_policy.later.decommission_at,
  ]
}

output "billed_until" {
  value = [
    data.ixapi_cancellation_policy.now.charged_until,
    data.ixapi_cancellation_policy.later.charged_until,
  ]
}

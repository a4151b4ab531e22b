# The port of a connection that has only one.
data "ixapi_port" "first" {
  network_connection = "CANL-051665"
}

output "link" {
  value = data.ixapi_port.first.operational_state
}

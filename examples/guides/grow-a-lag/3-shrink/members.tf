resource "ixapi_port_reservation" "lag" {
  for_each           = toset(["3"])
  network_connection = ixapi_connection.lag.id
  external_ref       = "ams-lag-1-${each.key}"
}

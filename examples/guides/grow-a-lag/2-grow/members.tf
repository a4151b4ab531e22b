# One for each port that is added. What is a key here names the port in the state: do not renumber.
resource "ixapi_port_reservation" "lag" {
  for_each           = toset(["3", "4"])
  network_connection = ixapi_connection.lag.id
  external_ref       = "ams-lag-1-${each.key}"
}

output "cross_connects_to" {
  description = "Where the cross connect of each added port ends."
  value = {
    for key, reservation in ixapi_port_reservation.lag : key => reservation.exchange_side_demarc
  }
}

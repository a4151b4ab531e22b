# The port of a LAG with this reference.
data "ixapi_port_reservation" "third" {
  external_ref = "ams-lag-1-3"
}

output "demarc" {
  value = data.ixapi_port_reservation.third.exchange_side_demarc
}

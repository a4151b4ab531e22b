data "ixapi_loa" "port" {
  network_connection = ixapi_connection.port.id
  save_to            = "${path.module}/ams-edge-1.pdf"
}

data "ixapi_port_reservation" "port" {
  network_connection = ixapi_connection.port.id
}

output "cross_connect_to" {
  description = "Where the cross connect ends at the exchange."
  value       = data.ixapi_port_reservation.port.exchange_side_demarc
}

variable "lag" {
  description = "Id of the LAG that grows."
  type        = string
}

# A third port for a LAG of two, while the LAG stays up.
resource "ixapi_port_reservation" "third" {
  network_connection = var.lag
  external_ref       = "ams-edge-lag-3"
}

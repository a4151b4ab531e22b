# Asks the owner of a circuit that we have joined for 500 Mbit/s.
variable "circuit" {
  description = "Id of the circuit."
  type        = string
}

resource "ixapi_change_request" "more" {
  network_service  = var.circuit
  product_offering = "503124.AMS.AMS"
}

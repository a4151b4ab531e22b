variable "name" {
  type        = string
  default     = "edge-1"
  description = "What the port is called: its external_ref."
}

variable "speed" {
  type        = number
  default     = 10000
  description = "Mbit/s."

  validation {
    condition     = contains([1000, 10000, 100000], var.speed)
    error_message = "We have ports of 1000, 10000 and 100000 Mbit/s."
  }
}

data "ixapi_product_offering" "port" {
  type                    = "connection"
  handover_pop            = "AMS5-B"
  physical_port_speed     = var.speed
  cross_connect_initiator = "subscriber"
}

resource "ixapi_connection" "port" {
  external_ref     = var.name
  mode             = "standalone"
  port_quantity    = 1
  product_offering = data.ixapi_product_offering.port.id
  role_assignments = []
}

output "id" {
  value = ixapi_connection.port.id
}

# The key of one port, to hand to a partner.
variable "port" {
  description = "Id of the port."
  type        = string
}

data "ixapi_service_key_connection" "port" {
  id = var.port
}

output "service_key" {
  value     = data.ixapi_service_key_connection.port.service_key
  sensitive = true
}

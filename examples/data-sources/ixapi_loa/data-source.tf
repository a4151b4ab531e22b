# The letter with which the data centre connects a port, as a file.
variable "port" {
  description = "Id of the port."
  type        = string
}

data "ixapi_loa" "port" {
  network_connection = var.port
  save_to            = "loa.pdf"
}

output "digest" {
  value = data.ixapi_loa.port.sha256
}

# The key of one port, handed to a partner by a program of your own.
variable "port" {
  description = "Id of the port."
  type        = string
}

ephemeral "ixapi_service_key" "port" {
  network_connection = var.port
}

resource "terraform_data" "handed_over" {
  triggers_replace = var.port

  provisioner "local-exec" {
    command = "./hand-over"
    environment = {
      SERVICE_KEY = ephemeral.ixapi_service_key.port.service_key
    }
  }
}

# The letter with which the data centre connects a port, sent to it by a program of your own.
variable "port" {
  description = "Id of the port."
  type        = string
}

ephemeral "ixapi_loa" "port" {
  network_connection = var.port
}

resource "terraform_data" "sent" {
  triggers_replace = var.port

  provisioner "local-exec" {
    command = "./send-letter"
    environment = {
      LETTER = ephemeral.ixapi_loa.port.content_base64
    }
  }
}

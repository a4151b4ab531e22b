# A program of your own asks the exchange for what is no resource.
variable "exchange" {
  description = "Address of the API."
  type        = string
}

ephemeral "ixapi_access_token" "exchange" {}

resource "terraform_data" "health" {
  triggers_replace = timestamp()

  provisioner "local-exec" {
    # By standard input: what is in a command line, every user of the machine can read.
    command = "printf 'Authorization: Bearer %s' \"$TOKEN\" | curl --fail --silent --header @- $EXCHANGE/health"
    environment = {
      EXCHANGE = var.exchange
      TOKEN    = ephemeral.ixapi_access_token.exchange.token
    }
  }
}

ephemeral "ixapi_access_token" "exchange" {}

resource "terraform_data" "asked" {
  triggers_replace = ixapi_p2p_vc.circuit.id

  provisioner "local-exec" {
    # By standard input: what is in a command line, every user of the machine can read.
    command = "printf 'Authorization: Bearer %s' \"$TOKEN\" | curl --fail --silent --header @- $IX_API_HOST/accounts"
    environment = {
      TOKEN = ephemeral.ixapi_access_token.exchange.token
    }
  }
}

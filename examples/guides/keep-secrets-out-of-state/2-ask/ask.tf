ephemeral "ixapi_access_token" "exchange" {}

resource "terraform_data" "asked" {
  triggers_replace = ixapi_p2p_vc.circuit.id

  provisioner "local-exec" {
    command = "curl --fail --silent --header \"Authorization: Bearer $TOKEN\" $IX_API_HOST/accounts"
    environment = {
      TOKEN = ephemeral.ixapi_access_token.exchange.token
    }
  }
}

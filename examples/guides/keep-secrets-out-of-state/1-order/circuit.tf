variable "b_key" {
  type      = string
  ephemeral = true
}

variable "b_secret" {
  type      = string
  ephemeral = true
}

provider "ixapi" {
  alias      = "b"
  api_key    = var.b_key
  api_secret = var.b_secret
}

resource "ixapi_connection" "b" {
  provider         = ixapi.b
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503234.AMS5-B.S"
}

ephemeral "ixapi_service_key" "b" {
  provider           = ixapi.b
  network_connection = ixapi_connection.b.id
}

resource "ixapi_p2p_vc" "circuit" {
  product_offering       = "503122.AMS.AMS"
  service_key_wo         = ephemeral.ixapi_service_key.b.service_key
  service_key_wo_version = 1
}

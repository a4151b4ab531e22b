variable "b_key" {
  type = string
}

variable "b_secret" {
  type      = string
  sensitive = true
}

provider "ixapi" {
  alias      = "b"
  api_key    = var.b_key
  api_secret = var.b_secret
}

data "ixapi_network_service" "circuit" {
  provider     = ixapi.b
  type         = "p2p_vc"
  display_name = "Example Networks to Test Company 2"
}

resource "ixapi_connection" "b" {
  provider         = ixapi.b
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503233.AMS5-B.S"
}

resource "ixapi_nsc" "b" {
  provider           = ixapi.b
  type               = "p2p_vc"
  network_service    = data.ixapi_network_service.circuit.id
  network_connection = ixapi_connection.b.id

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 42
  }
}

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

resource "ixapi_connection" "b" {
  provider         = ixapi.b
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503234.AMS5-B.S"
}

data "ixapi_service_key_connection" "b" {
  provider = ixapi.b
  id       = ixapi_connection.b.id
}

output "service_key" {
  value     = data.ixapi_service_key_connection.b.service_key
  sensitive = true
}

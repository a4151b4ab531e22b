# Another party, B, with credentials and an account of its own.

variable "b_key" {
  type = string
}

variable "b_secret" {
  type      = string
  sensitive = true
}

locals {
  b = "A0087264"
}

provider "ixapi" {
  alias      = "b"
  api_key    = var.b_key
  api_secret = var.b_secret
  account    = local.b
}

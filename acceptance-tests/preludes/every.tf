# What every scenario begins with: the provider, for one's own account.

terraform {
  required_providers {
    ixapi = {
      source = "ixapi-rs/ixapi"
    }
  }
}

variable "changed" {
  type    = bool
  default = false
}

locals {
  account = "A0087999"
}

provider "ixapi" {
  account = local.account
}

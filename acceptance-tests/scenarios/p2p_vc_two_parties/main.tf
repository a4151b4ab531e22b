# A circuit to another party, who puts its own config on it with its own credentials.
# Capabilities: 1, 5, 32, 62, 63
# With: second party, port, port of b, circuit to b

locals {
  reference = var.changed ? "of party A" : null
  vlan      = var.changed ? 43 : 42
}

data "ixapi_accounts" "b" {
  name = "TEST COMPANY 2 NL"

  lifecycle {
    postcondition {
      condition     = one(self.accounts).id == local.b
      error_message = "Found: ${jsonencode(self.accounts[*].id)}"
    }
  }
}

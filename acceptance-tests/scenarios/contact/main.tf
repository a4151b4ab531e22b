# A contact: its fields are changed one by one, cleared, and set.
# Capabilities: 9

resource "ixapi_contact" "full" {
  managing_account  = local.account
  consuming_account = local.account
  external_ref      = var.changed ? null : "desk-1"
  name              = var.changed ? "Network operations, night" : "Network operations"
  email             = var.changed ? "night@example.net" : "noc@example.net"
  telephone         = var.changed ? null : "+31 20 555 0100"
}

resource "ixapi_contact" "bare" {
  managing_account  = local.account
  consuming_account = "A0073476"
  email             = var.changed ? "peering@example.net" : null
}

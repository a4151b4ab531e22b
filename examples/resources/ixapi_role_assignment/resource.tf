data "ixapi_roles" "all" {}

locals {
  role_id = { for role in data.ixapi_roles.all.roles : lower(role.name) => role.id }
}

resource "ixapi_contact" "noc" {
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  email             = "noc@example.net"
  telephone         = "+31 20 555 0100"
}

resource "ixapi_role_assignment" "noc" {
  contact = ixapi_contact.noc.id
  role    = local.role_id["noc"]
}

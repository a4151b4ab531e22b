# A contact with its roles: one is given, one is taken away, one stays. Another contact's roles are
# nobody's here.
# Capabilities: 8, 9, 10
# Sandbox: --page-size 2
# Sandbox: --ignore-filters

data "ixapi_roles" "all" {}

locals {
  roles = { for role in data.ixapi_roles.all.roles : role.name => role.id }
}

# Some exchanges spell the ids of roles in upper case.
resource "ixapi_contact" "desk" {
  name      = "Network operations"
  email     = "noc@example.net"
  telephone = "+31 20 555 0100"
  roles = [
    upper(local.roles["NoC"]),
    local.roles[var.changed ? "Peering" : "Implementation"],
  ]
}

resource "ixapi_contact" "retired" {
  name      = "Network operations, retired"
  email     = "old@example.net"
  telephone = var.changed ? null : "+31 20 555 0101"
  roles     = var.changed ? [] : [local.roles["NoC"]]
}

resource "ixapi_contact" "without" {
  name = "Nobody's desk"
}

output "assignments" {
  value = length(ixapi_contact.desk.role_assignments)

  precondition {
    condition     = length(ixapi_contact.desk.role_assignments) == 2
    error_message = "There is one assignment for each role."
  }
}

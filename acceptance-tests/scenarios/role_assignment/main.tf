# A contact in several roles; the ids of the roles are in upper case, as some exchanges spell them.
# Capabilities: 8, 9, 10

data "ixapi_roles" "all" {}

resource "ixapi_contact" "noc" {
  name      = "Network operations"
  email     = "noc@example.net"
  telephone = "+31 20 555 0100"
}

resource "ixapi_role_assignment" "noc" {
  for_each = toset([
    for role in data.ixapi_roles.all.roles : role.name
    if length(setsubtract(role.required_fields, ["name", "email", "telephone"])) == 0
  ])
  role    = upper(one([for role in data.ixapi_roles.all.roles : role.id if role.name == each.key]))
  contact = ixapi_contact.noc.id
}

data "ixapi_roles" "all" {}

output "role_ids" {
  value = { for role in data.ixapi_roles.all.roles : role.name => role.id }
}

# A role by its name.
data "ixapi_role" "noc" {
  name = "NoC"
}

output "needs" {
  value = data.ixapi_role.noc.required_fields
}

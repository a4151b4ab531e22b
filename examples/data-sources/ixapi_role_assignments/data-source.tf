# All roles of a contact.
variable "contact" {
  description = "Id of the contact."
  type        = string
}

data "ixapi_role_assignments" "all" {
  contact = var.contact
}

output "roles" {
  value = data.ixapi_role_assignments.all.role_assignments[*].role
}

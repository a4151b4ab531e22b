# The assignment of a contact to a role.
variable "contact" {
  description = "Id of the contact."
  type        = string
}

variable "role" {
  description = "Id of the role."
  type        = string
}

data "ixapi_role_assignment" "noc" {
  contact = var.contact
  role    = var.role
}

output "id" {
  value = data.ixapi_role_assignment.noc.id
}

variable "private_group" {
  description = "Id of a private group."
  type        = string
}

variable "public_group" {
  description = "Id of a public group."
  type        = string
}

# A partner may join the private group, with 100 to 1000 Mbit/s.
resource "ixapi_member_joining_rule" "partner" {
  type              = "allow"
  network_service   = var.private_group
  managing_account  = "A0087999"
  consuming_account = "A0087264"
  capacity_min      = 100
  capacity_max      = 1000
}

# Somebody may not join the public one.
resource "ixapi_member_joining_rule" "not_them" {
  type              = "deny"
  network_service   = var.public_group
  managing_account  = "A0087999"
  consuming_account = "A0015750"
}

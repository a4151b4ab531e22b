variable "group" {
  description = "Id of a closed user group of yours."
  type        = string
}

# What the group has agreed with a member.
data "ixapi_member_joining_rule" "partner" {
  network_service   = var.group
  consuming_account = "A0087264"
}

output "most_bandwidth" {
  value = data.ixapi_member_joining_rule.partner.capacity_max
}

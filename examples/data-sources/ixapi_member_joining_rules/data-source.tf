variable "group" {
  description = "Id of a closed user group of yours."
  type        = string
}

# Who may join the group.
data "ixapi_member_joining_rules" "all" {
  network_service = var.group
}

output "allowed" {
  value = [
    for rule in data.ixapi_member_joining_rules.all.member_joining_rules : rule.consuming_account
    if rule.type == "allow"
  ]
}

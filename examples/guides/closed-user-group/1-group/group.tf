variable "b_key" {
  type = string
}

variable "b_secret" {
  type      = string
  sensitive = true
}

# The owner's credentials come from IX_API_KEY and IX_API_SECRET; these are the member's.
provider "ixapi" {
  alias      = "member"
  api_key    = var.b_key
  api_secret = var.b_secret
}

locals {
  owner  = "A0087999"
  member = "A0087264"
}

resource "ixapi_mp2mp_vc" "group" {
  managing_account  = local.owner
  consuming_account = local.owner
  billing_account   = local.owner
  product_offering  = "503403.AMS"
  display_name      = "Bamboo"
}

resource "ixapi_member_joining_rule" "member" {
  type              = "allow"
  network_service   = ixapi_mp2mp_vc.group.id
  managing_account  = local.owner
  consuming_account = local.member
}

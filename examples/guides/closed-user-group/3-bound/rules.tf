# An account that the group is never to have, whatever becomes of its rules.
resource "ixapi_member_joining_rule" "never" {
  type              = "deny"
  network_service   = ixapi_mp2mp_vc.group.id
  managing_account  = local.owner
  consuming_account = "A0015750"
}

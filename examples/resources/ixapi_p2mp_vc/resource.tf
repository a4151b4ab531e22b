# From a studio to all its receivers, each of which needs an ixapi_member_joining_rule and joins
# with an ixapi_nsc whose role is "leaf".
resource "ixapi_p2mp_vc" "broadcast" {
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  billing_account   = "A0087999"
  product_offering  = "503501.AMS"
  display_name      = "Broadcast"
}

# A private group: whoever is to join it needs an ixapi_member_joining_rule.
resource "ixapi_mp2mp_vc" "friends" {
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  billing_account   = "A0087999"
  product_offering  = "503402.AMS"
  display_name      = "Friends in Amsterdam"
  subnet_v4         = "198.51.100.0/24"
}

# A public one, which everybody sees and may join.
resource "ixapi_mp2mp_vc" "everybody" {
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  billing_account   = "A0087999"
  product_offering  = "503402.AMS"
  display_name      = "Everybody in Amsterdam"
  public            = true
}

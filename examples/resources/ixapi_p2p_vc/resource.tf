# A circuit to another party, which puts its own config on its own port.
resource "ixapi_p2p_vc" "partner" {
  managing_account       = "A0087999"
  consuming_account      = "A0087999"
  billing_account        = "A0087999"
  joining_member_account = "A0087264"
  product_offering       = "503122.AMS.AMS"
  display_name           = "Backup to TEST COMPANY 2"
}

# A circuit to the port whose service key we were given, where the exchange has service keys.
variable "service_key" {
  description = "Service key of the partner's port."
  type        = string
  sensitive   = true
}

resource "ixapi_p2p_vc" "invited" {
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  billing_account   = "A0087999"
  service_key       = var.service_key
  product_offering  = "503121.AMS.AMS"
}

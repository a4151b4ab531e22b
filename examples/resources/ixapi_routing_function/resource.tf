resource "ixapi_routing_function" "router" {
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  billing_account   = "A0087999"
  product_offering  = "503601.AMS"
  asn               = 64512
  capacity          = 500
}

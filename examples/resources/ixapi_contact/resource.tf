resource "ixapi_contact" "noc" {
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  name              = "Network Operations"
  email             = "noc@example.net"
  telephone         = "+31 20 555 0100"
}

# A contact in the roles that ports, circuits and their configs need somewhere.

resource "ixapi_contact" "noc" {
  name      = "Network operations"
  email     = "noc@example.net"
  telephone = "+31 20 555 0100"
  roles = [
    "30806be6-5856-41fb-8106-890474d1ba04",
    "4699403d-b264-4a47-9bbb-2c956dcd1a12",
    "9a442fef-ff8f-4c2e-93e5-46425c00fd4b",
  ]
}

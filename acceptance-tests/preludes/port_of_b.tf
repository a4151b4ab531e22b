# A port of B's in Amsterdam.

resource "ixapi_connection" "b" {
  provider         = ixapi.b
  role_assignments = []
  mode             = "standalone"
  product_offering = "503233.AMS5-B.S"
  port_quantity    = 1
}

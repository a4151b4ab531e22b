# A port in Amsterdam.

resource "ixapi_connection" "port" {
  role_assignments = []
  mode             = "standalone"
  product_offering = "503234.AMS5-B.S"
  port_quantity    = 1
}

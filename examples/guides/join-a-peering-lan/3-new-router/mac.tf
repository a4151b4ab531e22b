# The router that comes.
resource "ixapi_mac" "new_router" {
  address = "42:23:bc:8e:b8:b1"
}

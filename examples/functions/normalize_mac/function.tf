# Addresses as routers show them, whatever their make.
variable "routers" {
  type    = set(string)
  default = ["4223.bc8e.b8b0", "42-23-BC-8E-B8-B1"]
}

resource "ixapi_mac" "router" {
  for_each = toset([for address in var.routers : provider::ixapi::normalize_mac(address)])
  address  = each.key

  lifecycle {
    create_before_destroy = true
  }
}

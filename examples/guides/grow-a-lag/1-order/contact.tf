locals {
  account = "A0087999"
}

data "ixapi_product_offering" "port" {
  type                    = "connection"
  handover_pop            = "AMS7-A"
  physical_port_speed     = 10000
  cross_connect_initiator = "subscriber"
}

resource "ixapi_contact" "noc" {
  managing_account  = local.account
  consuming_account = local.account
  name              = "Network operations"
  email             = "noc@example.net"
  telephone         = "+31 20 555 0100"
  roles             = data.ixapi_product_offering.port.required_contact_roles
}

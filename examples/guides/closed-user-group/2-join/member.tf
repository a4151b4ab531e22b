data "ixapi_network_service" "group" {
  provider     = ixapi.member
  type         = "mp2mp_vc"
  display_name = "Bamboo"
}

data "ixapi_product_offerings" "access" {
  provider = ixapi.member
  type     = "mp2mp_vc"
  ids      = data.ixapi_network_service.group.nsc_product_offerings
}

resource "ixapi_connection" "member" {
  provider          = ixapi.member
  managing_account  = local.member
  consuming_account = local.member
  billing_account   = local.member
  role_assignments  = []
  mode              = "standalone"
  port_quantity     = 1
  product_offering  = "503234.AMS5-B.S"
}

resource "ixapi_mac" "member" {
  provider          = ixapi.member
  managing_account  = local.member
  consuming_account = local.member
  address           = "42:23:bc:8e:b8:b0"
}

resource "ixapi_nsc" "member" {
  provider           = ixapi.member
  type               = "mp2mp_vc"
  network_service    = data.ixapi_network_service.group.id
  network_connection = ixapi_connection.member.id
  managing_account   = local.member
  consuming_account  = local.member
  billing_account    = local.member
  role_assignments   = []
  macs               = [ixapi_mac.member.id]
  capacity           = 400

  product_offering = one([
    for offering in data.ixapi_product_offerings.access.product_offerings : offering.id
    if offering.bandwidth_max == 1000
  ])

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 42
  }
}

resource "ixapi_connection" "owner" {
  managing_account  = local.owner
  consuming_account = local.owner
  billing_account   = local.owner
  role_assignments  = []
  mode              = "standalone"
  port_quantity     = 1
  product_offering  = "503234.AMS5-B.S"
}

resource "ixapi_mac" "owner" {
  managing_account  = local.owner
  consuming_account = local.owner
  address           = "42:23:bc:8e:b8:a0"
}

resource "ixapi_nsc" "owner" {
  type               = "mp2mp_vc"
  network_service    = ixapi_mp2mp_vc.group.id
  network_connection = ixapi_connection.owner.id
  managing_account   = local.owner
  consuming_account  = local.owner
  billing_account    = local.owner
  role_assignments   = []
  product_offering   = "503411.AMS"
  macs               = [ixapi_mac.owner.id]

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 700
  }
}

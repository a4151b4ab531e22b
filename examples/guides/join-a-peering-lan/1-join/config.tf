variable "port" {
  description = "external_ref of the port that joins."
  type        = string
  default     = "ams-edge-1"
}

data "ixapi_connection" "port" {
  external_ref = var.port
}

resource "ixapi_contact" "noc" {
  name      = "Network operations"
  email     = "noc@example.net"
  telephone = "+31 20 555 0100"
  roles = setunion(
    data.ixapi_network_service.lan.nsc_required_contact_roles,
    data.ixapi_network_feature.route_server.nfc_required_contact_roles,
  )
}

resource "ixapi_mac" "router" {
  address = "42:23:bc:8e:b8:b0"
}

resource "ixapi_nsc" "peering" {
  type               = "exchange_lan"
  network_service    = data.ixapi_network_service.lan.id
  network_connection = data.ixapi_connection.port.id
  product_offering   = data.ixapi_product_offering.peering.id
  capacity           = 1000
  asns               = [64512]
  macs               = [ixapi_mac.router.id]
  listed             = true
  depends_on         = [ixapi_contact.noc]

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 600
  }
}

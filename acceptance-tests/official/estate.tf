terraform {
  required_providers {
    ixapi = {
      source = "ixapi-rs/ixapi"
    }
  }
}

locals {
  account = "A0087999"
}

provider "ixapi" {
  account = local.account
}

resource "ixapi_account" "customer" {
  name                        = "Moonpeer B.V."
  external_ref                = "customer-1"
  metro_area_network_presence = ["AMS"]
  address {
    country        = "NL"
    locality       = "Amsterdam"
    postal_code    = "1017 BZ"
    street_address = "Herengracht 1"
  }
  billing_information {
    name = "Moonpeer B.V."
    address {
      country        = "NL"
      locality       = "Amsterdam"
      postal_code    = "1017 BZ"
      street_address = "Herengracht 1"
    }
  }
}

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

resource "ixapi_connection" "port" {
  external_ref     = "port-1"
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503234.AMS5-B.S"
  role_assignments = ixapi_contact.noc.role_assignments
}

resource "ixapi_connection" "lag" {
  mode             = "lag_lacp"
  lacp_timeout     = "slow"
  port_quantity    = 2
  product_offering = "503234.AMS5-B.S"
  connecting_party = "Acme"
  role_assignments = ixapi_contact.noc.role_assignments
}

resource "ixapi_port_reservation" "third" {
  network_connection = ixapi_connection.lag.id
  external_ref       = "lag-1-3"
}

resource "ixapi_mac" "router" {
  address = "42:23:bc:8e:b8:b0"
}

resource "ixapi_nsc" "lan" {
  type               = "exchange_lan"
  network_service    = "LAN-AMS"
  network_connection = ixapi_connection.port.id
  product_offering   = "503301.AMS"
  capacity           = 1000
  asns               = [64512]
  macs               = [ixapi_mac.router.id]
  listed             = true
  role_assignments   = ixapi_contact.noc.role_assignments
  vlan_config {
    vlan_type = "dot1q"
    vlan      = 600
  }
}

resource "ixapi_ip" "v4" {
  network_service_config = ixapi_nsc.lan.id
  version                = 4
  fqdn                   = "edge-1.example.net"
}

resource "ixapi_ip" "v6" {
  network_service_config = ixapi_nsc.lan.id
  version                = 6
  fqdn                   = "edge-1.example.net"
}

resource "ixapi_nfc" "session" {
  network_feature        = "RS1-AMS"
  network_service_config = ixapi_nsc.lan.id
  ip                     = ixapi_ip.v4.id
  asn                    = 64512
  as_set_v4              = "AS-EXAMPLE@RIPE"
  max_prefix_v4          = 1000
  password               = "not much of a secret"
  session_mode           = "public"
  bgp_session_type       = "passive"
  role_assignments       = ixapi_contact.noc.role_assignments
  flags                  = { BLACKHOLING = true }
}

resource "ixapi_p2p_vc" "circuit" {
  joining_member_account = local.account
  product_offering       = "503122.AMS.AMS"
  display_name           = "circuit"
}

resource "ixapi_nsc" "side_a" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port.id
  role_assignments   = ixapi_contact.noc.role_assignments
  vlan_config {
    vlan_type = "dot1q"
    vlan      = 23
  }
}

resource "ixapi_nsc" "side_b" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.lag.id
  role_assignments   = ixapi_contact.noc.role_assignments
  vlan_config {
    vlan_type  = "qinq"
    outer_vlan = 100
    inner_vlan = 23
  }
}

resource "ixapi_p2mp_vc" "broadcast" {
  product_offering = "503501.AMS"
  display_name     = "Broadcast"
}

resource "ixapi_nsc" "root" {
  type               = "p2mp_vc"
  role               = "root"
  network_service    = ixapi_p2mp_vc.broadcast.id
  network_connection = ixapi_connection.lag.id
  product_offering   = "503511.AMS"
  capacity           = 100
  role_assignments   = ixapi_contact.noc.role_assignments
  vlan_config {
    vlan_type = "dot1q"
    vlan      = 24
  }
}

resource "ixapi_mp2mp_vc" "group" {
  product_offering = "503402.AMS"
  display_name     = "Bamboo"
  public           = false
}

resource "ixapi_member_joining_rule" "friend" {
  type              = "allow"
  network_service   = ixapi_mp2mp_vc.group.id
  consuming_account = "A0087264"
  capacity_max      = 500
}

resource "ixapi_member_joining_rule" "foe" {
  type              = "deny"
  network_service   = ixapi_mp2mp_vc.group.id
  consuming_account = "A0015750"
}

resource "ixapi_nsc" "member" {
  type               = "mp2mp_vc"
  network_service    = ixapi_mp2mp_vc.group.id
  network_connection = ixapi_connection.lag.id
  product_offering   = "503411.AMS"
  capacity           = 500
  macs               = [ixapi_mac.router.id]
  role_assignments   = ixapi_contact.noc.role_assignments
  vlan_config {
    vlan_type = "dot1q"
    vlan      = 25
  }
}

resource "ixapi_cloud_vc" "azure" {
  product_offering = "azure-er.amsterdam.AMS.50"
  cloud_key        = "0f3b6b4c-1c1c-4d5a-9a55-0a6f9c2d7e11"
}

resource "ixapi_nsc" "handover" {
  type               = "cloud_vc"
  network_service    = ixapi_cloud_vc.azure.id
  network_connection = ixapi_connection.port.id
  handover           = 1
  cloud_vlan         = 100
  role_assignments   = ixapi_contact.noc.role_assignments
  vlan_config {
    vlan_type = "dot1q"
    vlan      = 26
  }
}

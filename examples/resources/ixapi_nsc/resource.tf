variable "circuit" {
  description = "Id of the point-to-point circuit."
  type        = string
}

variable "port" {
  description = "Id of the port that it is put on."
  type        = string
}

# One tag.
resource "ixapi_nsc" "dot1q" {
  type               = "p2p_vc"
  network_service    = var.circuit
  network_connection = var.port
  managing_account   = "A0087999"
  consuming_account  = "A0087999"
  billing_account    = "A0087999"
  role_assignments   = ["af94ae93-c387-461f-2374-08d9b0f3961e"]

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 23
  }
}

# Two tags. For the whole port without tags, vlan_type = "port" says it all.
resource "ixapi_nsc" "qinq" {
  type               = "p2p_vc"
  network_service    = var.circuit
  network_connection = var.port
  managing_account   = "A0087999"
  consuming_account  = "A0087999"
  billing_account    = "A0087999"
  role_assignments   = ["af94ae93-c387-461f-2374-08d9b0f3961e"]

  vlan_config {
    vlan_type  = "qinq"
    outer_vlan = 100
    inner_vlan = 23
  }
}

variable "lan" {
  description = "Id of the peering LAN."
  type        = string
}

# A peering LAN. Where it requires a session with a route server, the config rests in state "error"
# until there is one: see ixapi_nfc.
resource "ixapi_nsc" "peering" {
  type               = "exchange_lan"
  network_service    = var.lan
  network_connection = var.port
  managing_account   = "A0087999"
  consuming_account  = "A0087999"
  billing_account    = "A0087999"
  role_assignments   = ["af94ae93-c387-461f-2374-08d9b0f3961e"]
  product_offering   = "503301.AMS"
  asns               = [64512]
  macs               = ["2ab1e2d4-6b8f-4f0e-9d55-0a4b1c9b7f10"]
  listed             = true
  capacity           = 1000

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 600
  }
}

variable "group" {
  description = "Id of the closed user group."
  type        = string
}

# A closed user group. Where it has mac_acl_protection, only the MAC addresses named here may send.
resource "ixapi_nsc" "member" {
  type               = "mp2mp_vc"
  network_service    = var.group
  network_connection = var.port
  managing_account   = "A0087999"
  consuming_account  = "A0087999"
  billing_account    = "A0087999"
  role_assignments   = ["af94ae93-c387-461f-2374-08d9b0f3961e"]
  product_offering   = "503411.AMS"
  macs               = ["2ab1e2d4-6b8f-4f0e-9d55-0a4b1c9b7f10"]
  capacity           = 500

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 700
  }
}

variable "cloud" {
  description = "Id of the cloud circuit."
  type        = string
}

# The first handover of a cloud circuit. Where the circuit has two, the second needs a config too.
resource "ixapi_nsc" "cloud" {
  type               = "cloud_vc"
  network_service    = var.cloud
  handover           = 1
  network_connection = var.port
  managing_account   = "A0087999"
  consuming_account  = "A0087999"
  billing_account    = "A0087999"
  role_assignments   = ["af94ae93-c387-461f-2374-08d9b0f3961e"]

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 205
  }
}

variable "router" {
  description = "Id of the routing function."
  type        = string
}

variable "bgp_password" {
  description = "Password of the BGP session."
  type        = string
  sensitive   = true
}

# The same on a routing function in place of a port.
resource "ixapi_nsc" "routed" {
  type              = "cloud_vc"
  network_service   = var.cloud
  handover          = 1
  routing_function  = var.router
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  billing_account   = "A0087999"
  role_assignments  = ["af94ae93-c387-461f-2374-08d9b0f3961e"]

  l3_config {
    bgp_neighbor_asn = 64513
    bgp_password     = var.bgp_password
  }
}

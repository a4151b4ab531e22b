# Network services, features and what is ordered of them, looked up one by one and in lists. That an
# exchange ignores filters, or answers in pages, makes no difference where objects show what is asked.
# Capabilities: 12, 43, 48, 53, 54, 57, 58, 59, 63
# With: port
# Sandbox: --page-size 2

data "ixapi_network_services" "lans" {
  type = "exchange_lan"

  lifecycle {
    postcondition {
      condition     = jsonencode(self.network_services[*].id) == jsonencode(["LAN-AMS", "LAN-FRA"])
      error_message = "Found: ${jsonencode(self.network_services[*].id)}"
    }
    postcondition {
      condition     = self.network_services[0].subnet_v4 == "198.18.0.0/21"
      error_message = "Found: ${jsonencode(self.network_services[*].subnet_v4)}"
    }
    postcondition {
      condition     = self.network_services[1].network_features == toset(["RS1-FRA", "RS2-FRA"])
      error_message = "Found: ${jsonencode(self.network_services[*].network_features)}"
    }
  }
}

data "ixapi_network_service" "frankfurt" {
  type = "exchange_lan"
  pop  = "FRA6-B"

  lifecycle {
    postcondition {
      condition     = self.id == "LAN-FRA" && self.metro_area_network == "FRA"
      error_message = "Found: ${self.id}"
    }
  }
}

data "ixapi_network_services" "by_offering" {
  product_offering = "503301.AMS"

  lifecycle {
    postcondition {
      condition     = jsonencode(self.network_services[*].id) == jsonencode(["LAN-AMS"])
      error_message = "Found: ${jsonencode(self.network_services[*].id)}"
    }
  }
}

data "ixapi_network_services" "groups" {
  type = "mp2mp_vc"

  lifecycle {
    postcondition {
      condition     = jsonencode(self.network_services[*].id) == jsonencode(["CUG-AMS-1"])
      error_message = "Found: ${jsonencode(self.network_services[*].id)}"
    }
  }
}

data "ixapi_network_services" "clouds" {
  type = "cloud_vc"

  lifecycle {
    postcondition {
      condition     = length(self.network_services) == 0
      error_message = "Found: ${jsonencode(self.network_services[*].id)}"
    }
  }
}

data "ixapi_network_features" "of_frankfurt" {
  network_service = data.ixapi_network_service.frankfurt.id

  lifecycle {
    postcondition {
      condition     = jsonencode(self.network_features[*].required) == jsonencode([true, false])
      error_message = "Found: ${jsonencode(self.network_features)}"
    }
  }
}

data "ixapi_network_feature" "optional" {
  network_service = data.ixapi_network_service.frankfurt.id
  required        = false

  lifecycle {
    postcondition {
      condition     = self.id == "RS2-FRA" && self.available_bgp_session_types == toset(["active", "passive"])
      error_message = "Found: ${jsonencode(self)}"
    }
  }
}

resource "ixapi_contact" "noc" {
  external_ref = "desk-1"
  name         = "Network operations"
  email        = "noc@example.net"
  telephone    = "+31 20 555 0100"
  roles        = ["9a442fef-ff8f-4c2e-93e5-46425c00fd4b"]
}

resource "ixapi_p2p_vc" "circuit" {
  external_ref           = "circuit-1"
  product_offering       = "503122.AMS.AMS"
  joining_member_account = local.account
}

resource "ixapi_nsc" "side" {
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port.id
  role_assignments   = []
  vlan_config {
    vlan_type  = "qinq"
    outer_vlan = 11
    inner_vlan = 22
  }
}

resource "ixapi_nsc" "lan" {
  type               = "exchange_lan"
  network_service    = "LAN-AMS"
  network_connection = ixapi_connection.port.id
  external_ref       = "peering"
  role_assignments   = ixapi_contact.noc.role_assignments
  product_offering   = "503301.AMS"
  capacity           = 500
  asns               = [64512]
  listed             = true
  vlan_config {
    vlan_type = "dot1q"
    vlan      = 600
  }
}

data "ixapi_ip" "v6" {
  network_service_config = ixapi_nsc.lan.id
  version                = 6
}

resource "ixapi_nfc" "session" {
  network_feature        = "RS1-AMS"
  network_service_config = ixapi_nsc.lan.id
  external_ref           = "session"
  role_assignments       = ixapi_contact.noc.role_assignments
  ip                     = data.ixapi_ip.v6.id
  asn                    = 64512
  as_set_v6              = "AS-EXAMPLE@RIPE"
  session_mode           = "public"
  bgp_session_type       = "passive"
}

data "ixapi_network_service" "circuit" {
  id = ixapi_p2p_vc.circuit.id

  lifecycle {
    postcondition {
      condition     = self.type == "p2p_vc" && self.capacity == 200 && self.subnet_v4 == null
      error_message = "Found: ${jsonencode(self)}"
    }
  }
}

data "ixapi_network_service" "by_reference" {
  external_ref = "circuit-1"
  depends_on   = [ixapi_p2p_vc.circuit]
}

data "ixapi_network_service_configs" "of_the_port" {
  network_connection = ixapi_connection.port.id
  depends_on         = [ixapi_nsc.lan, ixapi_nsc.side]

  lifecycle {
    postcondition {
      condition     = toset(self.network_service_configs[*].type) == toset(["exchange_lan", "p2p_vc"])
      error_message = "Found: ${jsonencode(self.network_service_configs)}"
    }
  }
}

data "ixapi_network_service_config" "by_vlans" {
  outer_vlan = 11
  inner_vlan = 22
  depends_on = [ixapi_nsc.side]

  lifecycle {
    postcondition {
      condition     = self.id == ixapi_nsc.side.id && self.vlan_config.inner_vlan == 22
      error_message = "Found: ${jsonencode(self)}"
    }
  }
}

data "ixapi_network_service_config" "peering" {
  type            = "exchange_lan"
  network_service = "LAN-AMS"
  capacity        = 500
  depends_on      = [ixapi_nfc.session]

  lifecycle {
    postcondition {
      condition     = self.id == ixapi_nsc.lan.id && self.asns == toset([64512])
      error_message = "Found: ${jsonencode(self)}"
    }
    postcondition {
      condition     = self.network_feature_configs == toset([ixapi_nfc.session.id])
      error_message = "Found: ${jsonencode(self.network_feature_configs)}"
    }
  }
}

data "ixapi_network_service_configs" "of_the_contact" {
  contacts   = [ixapi_contact.noc.id]
  depends_on = [ixapi_nsc.lan, ixapi_nsc.side]

  lifecycle {
    postcondition {
      condition     = self.network_service_configs[*].id == tolist([ixapi_nsc.lan.id])
      error_message = "Found: ${jsonencode(self.network_service_configs[*].id)}"
    }
  }
}

data "ixapi_network_feature_configs" "of_the_lan" {
  network_service_config = ixapi_nfc.session.network_service_config

  lifecycle {
    postcondition {
      condition     = self.network_feature_configs[*].id == tolist([ixapi_nfc.session.id])
      error_message = "Found: ${jsonencode(self.network_feature_configs[*].id)}"
    }
  }
}

data "ixapi_network_feature_config" "by_feature" {
  network_feature  = ixapi_nfc.session.network_feature
  role_assignments = ixapi_contact.noc.role_assignments

  lifecycle {
    postcondition {
      condition     = self.external_ref == "session" && self.ip == data.ixapi_ip.v6.id
      error_message = "Found: ${self.id}"
    }
  }
}

data "ixapi_ips" "of_the_config" {
  network_service_config = ixapi_nsc.lan.id

  lifecycle {
    postcondition {
      condition     = toset(self.ips[*].version) == toset([4, 6]) && length(self.ips) == 2
      error_message = "Found: ${jsonencode(self.ips)}"
    }
  }
}

data "ixapi_ips" "of_the_session" {
  network_feature_config = ixapi_nfc.session.id

  lifecycle {
    postcondition {
      condition     = self.ips[*].id == tolist([data.ixapi_ip.v6.id])
      error_message = "Found: ${jsonencode(self.ips)}"
    }
  }
}

data "ixapi_contacts" "by_reference" {
  external_ref = ixapi_contact.noc.external_ref

  lifecycle {
    postcondition {
      condition     = self.contacts[*].name == tolist(["Network operations"])
      error_message = "Found: ${jsonencode(self.contacts)}"
    }
  }
}

data "ixapi_role_assignments" "of_the_contact" {
  contact = ixapi_contact.noc.id

  lifecycle {
    postcondition {
      condition     = toset(self.role_assignments[*].id) == ixapi_contact.noc.role_assignments
      error_message = "Found: ${jsonencode(self.role_assignments)}"
    }
  }
}

data "ixapi_role_assignment" "noc" {
  contact = ixapi_contact.noc.id
  role    = upper("9a442fef-ff8f-4c2e-93e5-46425c00fd4b")

  lifecycle {
    postcondition {
      condition     = contains(ixapi_contact.noc.role_assignments, self.id)
      error_message = "Found: ${self.id}"
    }
  }
}

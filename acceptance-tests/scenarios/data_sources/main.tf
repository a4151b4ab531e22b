# What can be looked up of the exchange, by filters that are applied to the answer again: an exchange
# that ignores filters, or answers in pages, makes no difference.
# Capabilities: 2, 3, 4, 5, 7, 8, 11, 12, 13, 15, 16
# Sandbox: --ignore-filters
# Sandbox: --page-size 2

data "ixapi_metro_areas" "all" {
  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.metro_areas : one.id]) == jsonencode(["AMS", "FRA", "LON"])
      error_message = "Found: ${jsonencode([for one in self.metro_areas : one.id])}"
    }
    postcondition {
      condition     = self.metro_areas[0].un_locode == "NL AMS"
      error_message = "Found: ${jsonencode([for one in self.metro_areas : one.id])}"
    }
    postcondition {
      condition     = contains(self.metro_areas[2].facilities, "LON3")
      error_message = "Found: ${jsonencode([for one in self.metro_areas : one.id])}"
    }
  }
}

data "ixapi_metro_areas" "some" {
  ids = ["LON", "AMS"]

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.metro_areas : one.id]) == jsonencode(["AMS", "LON"])
      error_message = "Found: ${jsonencode([for one in self.metro_areas : one.id])}"
    }
  }
}

data "ixapi_metro_area_networks" "all" {
  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.metro_area_networks : one.id]) == jsonencode(["AMS", "FRA", "LON"])
      error_message = "Found: ${jsonencode([for one in self.metro_area_networks : one.id])}"
    }
  }
}

data "ixapi_metro_area_networks" "by_metro_area" {
  metro_area       = "FRA"
  service_provider = "Interxion"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.metro_area_networks : one.id]) == jsonencode(["FRA"])
      error_message = "Found: ${jsonencode([for one in self.metro_area_networks : one.id])}"
    }
    postcondition {
      condition     = one(self.metro_area_networks).pops == toset(["FRA1-A", "FRA6-B"])
      error_message = "Found: ${jsonencode([for one in self.metro_area_networks : one.id])}"
    }
  }
}

data "ixapi_metro_area_networks" "by_name" {
  name = "London"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.metro_area_networks : one.id]) == jsonencode(["LON"])
      error_message = "Found: ${jsonencode([for one in self.metro_area_networks : one.id])}"
    }
  }
}

data "ixapi_metro_area_networks" "by_provider" {
  service_provider = "Nobody"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.metro_area_networks : one.id]) == jsonencode([])
      error_message = "Found: ${jsonencode([for one in self.metro_area_networks : one.id])}"
    }
  }
}

data "ixapi_pops" "by_network" {
  metro_area_network = "AMS"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.pops : one.id]) == jsonencode(["AMS5-B", "AMS7-A"])
      error_message = "Found: ${jsonencode([for one in self.pops : one.id])}"
    }
  }
}

data "ixapi_pops" "by_facility" {
  facility = "LON2"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.pops : one.id]) == jsonencode(["LON2-A"])
      error_message = "Found: ${jsonencode([for one in self.pops : one.id])}"
    }
    postcondition {
      condition     = one(self.pops).devices == toset(["jr1-lon2-sandbox"])
      error_message = "Found: ${jsonencode([for one in self.pops : one.id])}"
    }
  }
}

data "ixapi_pops" "by_ids" {
  ids                = ["FRA6-B"]
  metro_area_network = "FRA"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.pops : one.id]) == jsonencode(["FRA6-B"])
      error_message = "Found: ${jsonencode([for one in self.pops : one.id])}"
    }
  }
}

data "ixapi_facilities" "by_metro_area" {
  metro_area = "LON"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.facilities : one.id]) == jsonencode(["LON1", "LON2", "LON3"])
      error_message = "Found: ${jsonencode([for one in self.facilities : one.id])}"
    }
  }
}

data "ixapi_facilities" "by_address" {
  address_country   = "DE"
  address_locality  = "Frankfurt am Main"
  postal_code       = "60314"
  organisation_name = "Interxion"

  lifecycle {
    postcondition {
      condition     = length(self.facilities) == 6
      error_message = "Found: ${jsonencode([for one in self.facilities : one.id])}"
    }
    postcondition {
      condition     = contains(self.facilities[*].street_address, "Hanauer Landstrasse 6")
      error_message = "Found: ${jsonencode([for one in self.facilities : one.id])}"
    }
  }
}

data "ixapi_roles" "by_name" {
  name = "NoC"

  lifecycle {
    postcondition {
      condition     = one(self.roles).required_fields == toset(["email", "telephone"])
      error_message = "Found: ${jsonencode([for one in self.roles : one.id])}"
    }
  }
}

data "ixapi_roles" "by_id" {
  ids = ["30806be6-5856-41fb-8106-890474d1ba04"]

  lifecycle {
    postcondition {
      condition     = one(self.roles).name == "Requestor"
      error_message = "Found: ${jsonencode([for one in self.roles : one.id])}"
    }
  }
}

data "ixapi_accounts" "all" {
  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.accounts : one.id]) == jsonencode(["A0073476", "A0087264", "A0087999", "A0090211"])
      error_message = "Found: ${jsonencode([for one in self.accounts : one.id])}"
    }
  }
}

data "ixapi_accounts" "own" {
  managing_account = "A0087999"
  state            = "production"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.accounts : one.id]) == jsonencode(["A0073476", "A0087999"])
      error_message = "Found: ${jsonencode([for one in self.accounts : one.id])}"
    }
    postcondition {
      condition     = self.accounts[1].billing_information.address.country == "GB"
      error_message = "Found: ${jsonencode([for one in self.accounts : one.id])}"
    }
  }
}

data "ixapi_accounts" "discoverable" {
  name = "TEST COMPANY 2 NL"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.accounts : one.id]) == jsonencode(["A0087264"])
      error_message = "Found: ${jsonencode([for one in self.accounts : one.id])}"
    }
    postcondition {
      condition     = one(self.accounts).discoverable
      error_message = "Found: ${jsonencode([for one in self.accounts : one.id])}"
    }
    postcondition {
      condition     = one(self.accounts).billing_information == null
      error_message = "Found: ${jsonencode([for one in self.accounts : one.id])}"
    }
  }
}

data "ixapi_accounts" "newcomer" {
  state__is_not = "production"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.accounts : one.id]) == jsonencode(["A0090211"])
      error_message = "Found: ${jsonencode([for one in self.accounts : one.id])}"
    }
    postcondition {
      condition     = one(one(self.accounts).status).tag == "toc_required"
      error_message = "Found: ${jsonencode([for one in self.accounts : one.id])}"
    }
    postcondition {
      condition     = one(one(self.accounts).status).attrs.url == "https://documents.example.net/terms"
      error_message = "Found: ${jsonencode([for one in self.accounts : one.id])}"
    }
  }
}

data "ixapi_product_offerings" "connections" {
  type = "connection"

  lifecycle {
    postcondition {
      condition     = length(self.product_offerings) == 24
      error_message = "Found: ${jsonencode([for one in self.product_offerings : one.id])}"
    }
  }
}

data "ixapi_product_offerings" "port" {
  type                    = "connection"
  handover_metro_area     = "AMS"
  physical_port_speed     = 10000
  cross_connect_initiator = "subscriber"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.product_offerings : one.id]) == jsonencode(["503234.AMS5-B.S", "503234.AMS7-A.S"])
      error_message = "Found: ${jsonencode([for one in self.product_offerings : one.id])}"
    }
    postcondition {
      condition     = self.product_offerings[0].maximum_port_quantity == 4
      error_message = "Found: ${jsonencode([for one in self.product_offerings : one.id])}"
    }
    postcondition {
      condition     = length(self.product_offerings[1].required_contact_roles) == 3
      error_message = "Found: ${jsonencode([for one in self.product_offerings : one.id])}"
    }
  }
}

data "ixapi_product_offerings" "port_by_pop" {
  handover_pop                = "FRA1-A"
  handover_metro_area_network = "FRA"
  upgrade_allowed             = true
  downgrade_allowed           = true

  lifecycle {
    postcondition {
      condition     = length(self.product_offerings) == 4
      error_message = "Found: ${jsonencode([for one in self.product_offerings : one.id])}"
    }
  }
}

data "ixapi_product_offerings" "not_upgradable" {
  handover_pop    = "LON1-A"
  upgrade_allowed = false
  resource_type   = "connection"

  lifecycle {
    postcondition {
      condition     = length(self.product_offerings) == 4
      error_message = "Found: ${jsonencode([for one in self.product_offerings : one.id])}"
    }
  }
}

data "ixapi_product_offerings" "circuit" {
  type                = "p2p_vc"
  resource_type       = "network_service"
  handover_metro_area = "AMS"
  service_metro_area  = "LON"
  bandwidth           = 200

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.product_offerings : one.id]) == jsonencode(["503122.AMS.LON"])
      error_message = "Found: ${jsonencode([for one in self.product_offerings : one.id])}"
    }
    postcondition {
      condition     = one(self.product_offerings).bandwidth_max == 200
      error_message = "Found: ${jsonencode([for one in self.product_offerings : one.id])}"
    }
    postcondition {
      condition     = one(self.product_offerings).upgrade_allowed
      error_message = "Found: ${jsonencode([for one in self.product_offerings : one.id])}"
    }
  }
}

data "ixapi_product_offerings" "circuit_by_network" {
  type                        = "p2p_vc"
  service_metro_area_network  = "LON"
  service_provider            = "Interxion"
  handover_metro_area_network = "LON"

  lifecycle {
    postcondition {
      condition     = length(self.product_offerings) == 5
      error_message = "Found: ${jsonencode([for one in self.product_offerings : one.id])}"
    }
  }
}

data "ixapi_product_offerings" "of_configs" {
  ids = ["503192.FRA", "503191.FRA"]

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.product_offerings : one.id]) == jsonencode(["503191.FRA", "503192.FRA"])
      error_message = "Found: ${jsonencode([for one in self.product_offerings : one.id])}"
    }
    postcondition {
      condition     = self.product_offerings[1].bandwidth_max == 10000
      error_message = "Found: ${jsonencode([for one in self.product_offerings : one.id])}"
    }
  }
}

data "ixapi_product_offerings" "by_name" {
  name = "LON1-Cloud Connect : Cloud Access - 1GE User Port - No Restriction-S"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.product_offerings : one.id]) == jsonencode(["503233.LON1-A.S"])
      error_message = "Found: ${jsonencode([for one in self.product_offerings : one.id])}"
    }
  }
}

data "ixapi_product_offerings" "nothing" {
  type                        = "routing_function"
  handover_metro_area_network = "Nowhere"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.product_offerings : one.id]) == jsonencode([])
      error_message = "Found: ${jsonencode([for one in self.product_offerings : one.id])}"
    }
  }
}

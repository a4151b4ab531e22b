# Looking up one's own ports and port reservations, next to the resources that manage them.
# Capabilities: 8, 20, 21
# Sandbox: --ignore-filters
# Sandbox: --page-size 2

resource "ixapi_contact" "noc" {
  name      = "Network operations"
  email     = "noc@example.net"
  telephone = "+31 20 555 0100"
}

resource "ixapi_role_assignment" "noc" {
  role    = "9a442fef-ff8f-4c2e-93e5-46425c00fd4b"
  contact = ixapi_contact.noc.id
}

resource "ixapi_connection" "port" {
  external_ref     = "port-1"
  role_assignments = [ixapi_role_assignment.noc.id]
  mode             = "standalone"
  product_offering = "503234.AMS5-B.S"
  port_quantity    = 1
  connecting_party = "Moonpeer B.V."
}

resource "ixapi_connection" "lag" {
  consuming_account = "A0073476"
  external_ref      = "lag-1"
  role_assignments  = []
  mode              = "lag_lacp"
  product_offering  = "503233.AMS5-B.S"
  port_quantity     = 3
}

locals {
  both = [ixapi_connection.port.id, ixapi_connection.lag.id]
}

data "ixapi_connections" "all" {
  depends_on = [ixapi_connection.port, ixapi_connection.lag]

  lifecycle {
    postcondition {
      condition     = toset(self.connections[*].id) == toset(local.both)
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
  }
}

data "ixapi_connections" "by_ids" {
  ids = [ixapi_connection.port.id]

  lifecycle {
    postcondition {
      condition     = one(self.connections).id == ixapi_connection.port.id
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
    postcondition {
      condition     = one(self.connections).vlan_types == toset(["dot1q", "qinq"])
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
    postcondition {
      condition     = one(self.connections).outer_vlan_ethertypes == toset(["0x8100"])
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
    postcondition {
      condition     = one(self.connections).capacity_allocation_limit == 10000
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
    postcondition {
      condition     = one(self.connections).speed == 10000
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
  }
}

data "ixapi_connections" "by_reference" {
  external_ref = ixapi_connection.lag.external_ref
  depends_on   = [ixapi_connection.port, ixapi_connection.lag]

  lifecycle {
    postcondition {
      condition     = one(self.connections).id == ixapi_connection.lag.id
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
    postcondition {
      condition     = one(self.connections).lacp_timeout == "slow"
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
    postcondition {
      condition     = one(self.connections).speed == 3000
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
    postcondition {
      condition     = length(one(self.connections).port_reservations) == 3
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
  }
}

data "ixapi_connections" "by_mode" {
  mode       = "lag_lacp"
  depends_on = [ixapi_connection.port, ixapi_connection.lag]

  lifecycle {
    postcondition {
      condition     = one(self.connections).id == ixapi_connection.lag.id
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
  }
}

data "ixapi_connections" "by_other_mode" {
  mode__is_not = "lag_lacp"
  depends_on   = [ixapi_connection.port, ixapi_connection.lag]

  lifecycle {
    postcondition {
      condition     = one(self.connections).id == ixapi_connection.port.id
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
  }
}

data "ixapi_connections" "by_account" {
  consuming_account = "A0073476"
  depends_on        = [ixapi_connection.port, ixapi_connection.lag]

  lifecycle {
    postcondition {
      condition     = one(self.connections).id == ixapi_connection.lag.id
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
  }
}

data "ixapi_connections" "by_place" {
  pop        = "AMS5-B"
  depends_on = [ixapi_connection.port, ixapi_connection.lag]

  lifecycle {
    postcondition {
      condition     = toset(self.connections[*].id) == toset(local.both)
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
  }
}

data "ixapi_connections" "elsewhere" {
  pop        = "AMS7-A"
  depends_on = [ixapi_connection.port, ixapi_connection.lag]

  lifecycle {
    postcondition {
      condition     = length(self.connections) == 0
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
  }
}

data "ixapi_connections" "by_role_assignment" {
  role_assignments = [upper(ixapi_role_assignment.noc.id), ixapi_role_assignment.noc.id]
  depends_on       = [ixapi_connection.port, ixapi_connection.lag]

  lifecycle {
    postcondition {
      condition     = one(self.connections).id == ixapi_connection.port.id
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
  }
}

data "ixapi_connections" "by_name" {
  name       = ixapi_connection.port.name
  depends_on = [ixapi_connection.port, ixapi_connection.lag]

  lifecycle {
    postcondition {
      condition     = one(self.connections).id == ixapi_connection.port.id
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
  }
}

data "ixapi_connections" "dead" {
  state      = "cancelled"
  depends_on = [ixapi_connection.port, ixapi_connection.lag]

  lifecycle {
    postcondition {
      condition     = length(self.connections) == 0
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
  }
}

data "ixapi_connections" "alive" {
  state__is_not = "cancelled"
  depends_on    = [ixapi_connection.port, ixapi_connection.lag]

  lifecycle {
    postcondition {
      condition     = toset(self.connections[*].id) == toset(local.both)
      error_message = "Found: ${jsonencode([for one in self.connections : one.id])}"
    }
  }
}

data "ixapi_port_reservations" "of_the_port" {
  network_connection = ixapi_connection.port.id

  lifecycle {
    postcondition {
      condition     = length(self.port_reservations) == 1
      error_message = "Found: ${jsonencode([for one in self.port_reservations : one.id])}"
    }
    postcondition {
      condition     = startswith(one(self.port_reservations).exchange_side_demarc, "NL.AMS.AMS5.")
      error_message = "Found: ${jsonencode([for one in self.port_reservations : one.id])}"
    }
    postcondition {
      condition     = one(self.port_reservations).connecting_party == "Moonpeer B.V."
      error_message = "Found: ${jsonencode([for one in self.port_reservations : one.id])}"
    }
    postcondition {
      condition     = one(self.port_reservations).port == ixapi_connection.port.id
      error_message = "Found: ${jsonencode([for one in self.port_reservations : one.id])}"
    }
  }
}

data "ixapi_port_reservations" "of_the_lag" {
  network_connection = ixapi_connection.lag.id
  state__is_not      = "cancelled"

  lifecycle {
    postcondition {
      condition     = toset(self.port_reservations[*].id) == ixapi_connection.lag.port_reservations
      error_message = "Found: ${jsonencode([for one in self.port_reservations : one.id])}"
    }
  }
}

data "ixapi_port_reservations" "by_reference" {
  external_ref = "port-1"
  depends_on   = [ixapi_connection.port, ixapi_connection.lag]

  lifecycle {
    postcondition {
      condition     = length(self.port_reservations) == 1
      error_message = "Found: ${jsonencode([for one in self.port_reservations : one.id])}"
    }
  }
}

data "ixapi_port_reservations" "by_port" {
  port = ixapi_connection.port.id

  lifecycle {
    postcondition {
      condition     = length(self.port_reservations) == 1
      error_message = "Found: ${jsonencode([for one in self.port_reservations : one.id])}"
    }
  }
}

data "ixapi_port_reservations" "by_ids" {
  ids = ixapi_connection.lag.port_reservations

  lifecycle {
    postcondition {
      condition     = length(self.port_reservations) == 3
      error_message = "Found: ${jsonencode([for one in self.port_reservations : one.id])}"
    }
  }
}

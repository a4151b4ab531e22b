# The letters with which cross connects are ordered, of a port and of each port of a LAG, and what a
# cancellation would mean: now, and on a day of choice.
# Capabilities: 21, 22, 23, 25, 66
# With: circuit

locals {
  day = "2999-12-31"
}

resource "ixapi_connection" "port" {
  role_assignments = []
  mode             = "standalone"
  product_offering = "503234.AMS5-B.S"
  port_quantity    = 1
  connecting_party = "Moonpeer B.V."
}

resource "ixapi_connection" "lag" {
  role_assignments = []
  mode             = "lag_lacp"
  lacp_timeout     = "slow"
  product_offering = "503234.AMS5-B.S"
  port_quantity    = 2
}

data "ixapi_loa" "port" {
  network_connection = ixapi_connection.port.id

  lifecycle {
    postcondition {
      condition     = startswith(self.content_base64, "JVBERi") && self.media_type == "application/pdf"
      error_message = "It is no PDF: ${self.media_type}"
    }
    postcondition {
      condition     = length(self.sha256) == 64 && self.sha256 == lower(self.sha256)
      error_message = "It is no digest: ${self.sha256}"
    }
    postcondition {
      condition     = can(regex("Moonpeer", base64decode(self.content_base64)))
      error_message = "It does not name the connecting party."
    }
  }
}

# Of a LAG as a whole there is no letter.
data "ixapi_port_reservations" "lag" {
  network_connection = ixapi_connection.lag.id

  lifecycle {
    postcondition {
      condition     = length(self.port_reservations) == 2
      error_message = "There are others: ${jsonencode(self.port_reservations)}"
    }
  }
}

data "ixapi_loa" "member" {
  count            = 2
  port_reservation = data.ixapi_port_reservations.lag.port_reservations[count.index].id

  lifecycle {
    postcondition {
      condition     = startswith(self.content_base64, "JVBERi")
      error_message = "It is no PDF: ${self.media_type}"
    }
    postcondition {
      condition = strcontains(
        base64decode(self.content_base64),
        data.ixapi_port_reservations.lag.port_reservations[count.index].exchange_side_demarc,
      )
      error_message = "It is that of another port."
    }
  }
}

data "ixapi_cancellation_policy" "now" {
  for_each = {
    network_connection     = ixapi_connection.port.id
    port_reservation       = one(ixapi_connection.port.port_reservations)
    network_service        = ixapi_p2p_vc.circuit.id
    network_service_config = ixapi_nsc.side.id
  }
  network_connection     = each.key == "network_connection" ? each.value : null
  port_reservation       = each.key == "port_reservation" ? each.value : null
  network_service        = each.key == "network_service" ? each.value : null
  network_service_config = each.key == "network_service_config" ? each.value : null

  lifecycle {
    postcondition {
      condition     = self.decommission_at != local.day && self.decommission_at == self.charged_until
      error_message = "Found: ${self.decommission_at}, ${self.charged_until}"
    }
  }
}

data "ixapi_cancellation_policy" "later" {
  for_each = {
    network_connection     = ixapi_connection.lag.id
    port_reservation       = data.ixapi_port_reservations.lag.port_reservations[0].id
    network_service        = ixapi_p2p_vc.circuit.id
    network_service_config = ixapi_nsc.side.id
  }
  network_connection     = each.key == "network_connection" ? each.value : null
  port_reservation       = each.key == "port_reservation" ? each.value : null
  network_service        = each.key == "network_service" ? each.value : null
  network_service_config = each.key == "network_service_config" ? each.value : null
  decommission_at        = local.day

  lifecycle {
    postcondition {
      condition     = self.decommission_at == local.day && self.charged_until == local.day
      error_message = "Found: ${self.decommission_at}, ${self.charged_until}"
    }
  }
}

output "days" {
  value = data.ixapi_cancellation_policy.now["network_connection"].decommission_at
}

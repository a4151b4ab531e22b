# What the exchange says of itself, which account is one's own, the hardware behind a port, and how
# much goes through it.
# Capabilities: 5, 20
# With: port, circuit

data "ixapi_health" "now" {
  lifecycle {
    postcondition {
      condition     = self.status == "pass"
      error_message = "It is ${self.status}."
    }
  }
}

data "ixapi_implementation" "exchange" {
  lifecycle {
    postcondition {
      condition     = contains(self.supported_operations, "connections_create")
      error_message = "It has: ${jsonencode(self.supported_operations)}"
    }
  }
}

data "ixapi_extensions" "all" {}

data "ixapi_account" "own" {
  lifecycle {
    postcondition {
      condition     = self.id == "A0087999"
      error_message = "It is ${self.id}."
    }
  }
}

data "ixapi_port" "behind" {
  network_connection = ixapi_connection.port.id

  lifecycle {
    postcondition {
      condition     = self.pop == "AMS5-B" && self.speed == 10000
      error_message = "It is ${self.speed} at ${self.pop}."
    }
  }
}

data "ixapi_ports" "all" {
  network_connection = ixapi_connection.port.id

  lifecycle {
    postcondition {
      condition     = one(self.ports).id == data.ixapi_port.behind.id
      error_message = "There are ${length(self.ports)}."
    }
  }
}

data "ixapi_device" "there" {
  id = data.ixapi_port.behind.device

  lifecycle {
    postcondition {
      condition     = contains(self.capabilities[*].media_type, data.ixapi_port.behind.media_type)
      error_message = "It has: ${jsonencode(self.capabilities)}"
    }
  }
}

data "ixapi_devices" "fast" {
  capability_speed_gte = 100000
  metro_area_network   = "AMS"

  lifecycle {
    postcondition {
      condition     = contains(self.devices[*].id, data.ixapi_device.there.id)
      error_message = "Found: ${jsonencode(self.devices[*].id)}"
    }
  }
}

data "ixapi_statistics" "port" {
  for_each           = toset(["network_connection", "port"])
  network_connection = each.key == "network_connection" ? ixapi_connection.port.id : null
  port               = each.key == "port" ? data.ixapi_port.behind.id : null

  lifecycle {
    postcondition {
      condition     = self.aggregates["P1D"].average_ops_in > 0 && self.aggregates["P1D"].accuracy == 0.95
      error_message = "Found: ${jsonencode(self.aggregates)}"
    }
  }
}

data "ixapi_statistics_timeseries" "port" {
  network_connection = ixapi_connection.port.id
  aggregate          = "custom"
  start              = "2026-01-31T08:00:00Z"
  end                = "2026-01-31T09:00:00Z"
  fields             = ["average_ops_in"]

  lifecycle {
    postcondition {
      condition     = zipmap(self.columns, self.samples[0])["timestamp"] == "2026-01-31T08:00:00Z"
      error_message = "Found: ${jsonencode(self.samples[0])}"
    }
  }
}

data "ixapi_peer_statistics" "peer" {
  network_service_config = ixapi_nsc.side.id
  asn                    = 64500

  lifecycle {
    postcondition {
      condition     = length(self.aggregates) > 0
      error_message = "Nothing was counted."
    }
  }
}

data "ixapi_peer_statistics_timeseries" "peer" {
  network_service_config = ixapi_nsc.side.id
  aggregate              = "P1D"
  ip_version             = 6

  lifecycle {
    postcondition {
      condition     = length(self.samples) > 0
      error_message = "Nothing was counted."
    }
  }
}

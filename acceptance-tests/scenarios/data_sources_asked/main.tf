# Lookups that only the exchange can answer, because what they ask for is not shown.
# Capabilities: 4, 5
# Sandbox: --page-size 2

data "ixapi_pops" "by_media_type" {
  capability_media_type = "10GBASE-LR"

  lifecycle {
    postcondition {
      condition     = length(self.pops) == 6
      error_message = "Found: ${jsonencode([for one in self.pops : one.id])}"
    }
  }
}

data "ixapi_pops" "by_speed" {
  capability_speed = 100000

  lifecycle {
    postcondition {
      condition     = length(self.pops) == 6
      error_message = "Found: ${jsonencode([for one in self.pops : one.id])}"
    }
  }
}

data "ixapi_pops" "slower" {
  capability_speed_lt = 1000

  lifecycle {
    postcondition {
      condition     = length(self.pops) == 0
      error_message = "Found: ${jsonencode([for one in self.pops : one.id])}"
    }
  }
}

data "ixapi_pops" "at_most" {
  capability_speed_lte = 1000

  lifecycle {
    postcondition {
      condition     = length(self.pops) == 6
      error_message = "Found: ${jsonencode([for one in self.pops : one.id])}"
    }
  }
}

data "ixapi_pops" "faster" {
  capability_speed_gt = 100000

  lifecycle {
    postcondition {
      condition     = length(self.pops) == 0
      error_message = "Found: ${jsonencode([for one in self.pops : one.id])}"
    }
  }
}

data "ixapi_pops" "at_least" {
  capability_speed_gte = 100000

  lifecycle {
    postcondition {
      condition     = length(self.pops) == 6
      error_message = "Found: ${jsonencode([for one in self.pops : one.id])}"
    }
  }
}

data "ixapi_facilities" "by_network" {
  metro_area_network = "AMS"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.facilities : one.id]) == jsonencode(["AMS5", "AMS7"])
      error_message = "Found: ${jsonencode([for one in self.facilities : one.id])}"
    }
  }
}

data "ixapi_facilities" "by_speed" {
  capability_speed_gte = 10000
  metro_area           = "LON"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.facilities : one.id]) == jsonencode(["LON1", "LON2"])
      error_message = "Found: ${jsonencode([for one in self.facilities : one.id])}"
    }
  }
}

data "ixapi_accounts" "billable" {
  billable = true

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.accounts : one.id]) == jsonencode(["A0073476", "A0087999"])
      error_message = "Found: ${jsonencode([for one in self.accounts : one.id])}"
    }
  }
}

data "ixapi_accounts" "not_billable" {
  billable         = false
  managing_account = "A0087999"

  lifecycle {
    postcondition {
      condition     = jsonencode([for one in self.accounts : one.id]) == jsonencode(["A0090211"])
      error_message = "Found: ${jsonencode([for one in self.accounts : one.id])}"
    }
  }
}

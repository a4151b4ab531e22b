data "ixapi_connections" "all" {
  pop = "AMS5-B"
}

locals {
  lab = {
    for port in data.ixapi_connections.all.connections : port.external_ref => port.id
    if startswith(port.external_ref, "ams-lab")
  }
}

import {
  for_each = local.lab
  to       = ixapi_connection.lab[each.key]
  id       = each.value
}

resource "ixapi_connection" "lab" {
  for_each         = local.lab
  external_ref     = each.key
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503233.AMS5-B.S"
}

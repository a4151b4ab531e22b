# Where the exchange orders the cross connect, it is handed the letters that say where to: one for a
# port, one for each port of a LAG. Another letter is uploaded in the place of the first.
# Capabilities: 22, 23
# With: contact

data "ixapi_product_offerings" "connected" {
  type                    = "connection"
  handover_metro_area     = "FRA"
  cross_connect_initiator = "exchange"
}

locals {
  offering = data.ixapi_product_offerings.connected.product_offerings[0].id
  letter   = "%PDF-1.4 to panel ${var.changed ? "B" : "A"}"
}

resource "ixapi_connection" "port" {
  role_assignments = ixapi_contact.noc.role_assignments
  mode             = "standalone"
  product_offering = local.offering
  port_quantity    = 1
}

resource "ixapi_connection" "lag" {
  role_assignments = ixapi_contact.noc.role_assignments
  mode             = "lag_lacp"
  product_offering = local.offering
  port_quantity    = 2
}

resource "ixapi_loa" "port" {
  network_connection = ixapi_connection.port.id
  content_base64     = base64encode(local.letter)

  lifecycle {
    postcondition {
      condition     = self.sha256 == sha256(local.letter)
      error_message = "It is no digest: ${self.sha256}"
    }
  }
}

resource "ixapi_loa" "member" {
  count            = 2
  port_reservation = tolist(ixapi_connection.lag.port_reservations)[count.index]
  content_base64   = base64encode("%PDF-1.4 member ${count.index}")
}

# What was uploaded is given back, and the port goes on.
data "ixapi_loa" "port" {
  network_connection = ixapi_loa.port.network_connection

  lifecycle {
    postcondition {
      condition     = base64decode(self.content_base64) == local.letter
      error_message = "It is another: ${base64decode(self.content_base64)}"
    }
  }
}

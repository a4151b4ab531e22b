# A LAG of two ports to which a third is added, and which is changed while it stays up.
# Capabilities: 18, 19, 20, 21, 24, 25, 26, 27

resource "ixapi_connection" "lag" {
  external_ref     = var.changed ? null : "lag-1"
  purchase_order   = var.changed ? "PO 2" : null
  role_assignments = []
  mode             = "lag_lacp"
  lacp_timeout     = var.changed ? "slow" : "fast"
  product_offering = "503234.AMS5-B.S"
  port_quantity    = 2
}

resource "ixapi_port_reservation" "third" {
  network_connection     = ixapi_connection.lag.id
  external_ref           = var.changed ? null : "lag-1-3"
  purchase_order         = var.changed ? null : "PO 1"
  contract_ref           = var.changed ? "C-1" : null
  connecting_party       = var.changed ? "Sunpeer B.V." : "Moonpeer B.V."
  subscriber_side_demarc = var.changed ? "NL.AMS.AMS5.R12.P03" : null
  cross_connect_id       = var.changed ? "XC-1" : null
}

# The exchange decides on the LACP timeout of this one.
resource "ixapi_connection" "static" {
  role_assignments = []
  mode             = var.changed ? "lag_lacp" : "lag_static"
  product_offering = "503233.AMS5-B.S"
  port_quantity    = 1
}

# A single port with all that can be said of one; what changes is changed in place, the speed too.
# Capabilities: 8, 10, 11, 15, 16, 17, 19, 25, 26

data "ixapi_product_offerings" "port" {
  type                    = "connection"
  handover_pop            = "AMS7-A"
  physical_port_speed     = var.changed ? 100000 : 10000
  cross_connect_initiator = "subscriber"
}

locals {
  offering = one(data.ixapi_product_offerings.port.product_offerings)
}

resource "ixapi_contact" "noc" {
  managing_account  = local.account
  consuming_account = local.account
  name              = "Network operations"
  email             = "noc@example.net"
  telephone         = "+31 20 555 0100"
}

# The offering spells the ids of roles in upper case, the roles themselves are in lower case.
resource "ixapi_role_assignment" "noc" {
  for_each = local.offering.required_contact_roles
  role     = each.value
  contact  = ixapi_contact.noc.id
}

resource "ixapi_connection" "port" {
  managing_account        = local.account
  consuming_account       = local.account
  billing_account         = local.account
  external_ref            = var.changed ? "port-1 (10G)" : "port-1"
  purchase_order          = var.changed ? null : "PO 4711"
  contract_ref            = var.changed ? "C-2" : "C-1"
  role_assignments        = [for assignment in ixapi_role_assignment.noc : assignment.id]
  mode                    = "standalone"
  product_offering        = local.offering.id
  port_quantity           = 1
  connecting_party        = "Moonpeer B.V."
  subscriber_side_demarcs = ["NL.AMS.AMS7.R12.P01"]
}

resource "ixapi_connection" "bare" {
  managing_account  = local.account
  consuming_account = "A0073476"
  billing_account   = "A0073476"
  role_assignments  = var.changed ? [for assignment in ixapi_role_assignment.noc : assignment.id] : []
  mode              = "standalone"
  product_offering  = "503233.AMS5-B.S"
  port_quantity     = 1
}

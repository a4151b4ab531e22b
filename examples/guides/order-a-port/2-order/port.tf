resource "ixapi_contact" "operations" {
  name      = "Network operations"
  email     = "noc@example.net"
  telephone = "+31 20 555 0100"
  roles     = data.ixapi_product_offering.port.required_contact_roles
}

resource "ixapi_connection" "port" {
  external_ref     = "ams-edge-1"
  purchase_order   = "PO-2026-117"
  mode             = "standalone"
  port_quantity    = 1
  product_offering = data.ixapi_product_offering.port.id
  connecting_party = "Example Cabling B.V."
  depends_on       = [ixapi_contact.operations]
}

resource "ixapi_connection" "second" {
  external_ref     = "ams-edge-2"
  mode             = "standalone"
  port_quantity    = 1
  product_offering = data.ixapi_product_offering.port.id
  depends_on       = [ixapi_contact.operations]
}

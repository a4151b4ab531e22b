resource "ixapi_connection" "lag" {
  managing_account  = local.account
  consuming_account = local.account
  billing_account   = local.account
  role_assignments  = ixapi_contact.noc.role_assignments
  external_ref      = "ams-lag-1"
  mode              = "lag_lacp"
  lacp_timeout      = "slow"
  product_offering  = data.ixapi_product_offering.port.id
  port_quantity     = 2
}

# A single port, whose cross connect you order with the letter of authorisation.
resource "ixapi_connection" "port" {
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  billing_account   = "A0087999"
  external_ref      = "ams-edge-1"
  purchase_order    = "PO-2026-117"
  role_assignments  = ["af94ae93-c387-461f-2374-08d9b0f3961e"]
  mode              = "standalone"
  port_quantity     = 1
  product_offering  = "503233.AMS7-A.S"
  connecting_party  = "Moonpeer Inc."
}

# Two ports that act as one. This apply waits until the LAG is in service.
resource "ixapi_connection" "lag" {
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  billing_account   = "A0087999"
  role_assignments  = ["af94ae93-c387-461f-2374-08d9b0f3961e"]
  mode              = "lag_lacp"
  lacp_timeout      = "slow"
  port_quantity     = 2
  product_offering  = "503234.AMS7-A.S"
  wait_for_state    = "production"

  timeouts {
    create = "2h"
  }
}

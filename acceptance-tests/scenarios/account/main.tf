# A reseller's customer: an account of its own, with a contact, that uses a port and may be billed for it.
# Capabilities: 5, 6, 7, 9

data "ixapi_account" "own" {}

resource "ixapi_account" "customer" {
  managing_account            = data.ixapi_account.own.id
  name                        = var.changed ? "Moonpeer Networks B.V." : "Moonpeer B.V."
  legal_name                  = var.changed ? null : "Moonpeer Besloten Vennootschap"
  external_ref                = var.changed ? "customer-1b" : "customer-1"
  discoverable                = var.changed
  metro_area_network_presence = var.changed ? null : ["AMS"]
  address {
    country                = var.changed ? "BE" : "NL"
    locality               = var.changed ? "Antwerpen" : "Amsterdam"
    region                 = var.changed ? null : "Noord-Holland"
    postal_code            = var.changed ? "2000" : "1017 BZ"
    street_address         = var.changed ? "Meir 1" : "Herengracht 1"
    post_office_box_number = var.changed ? "12" : null
  }
  billing_information {
    name       = var.changed ? "Moonpeer B.V., finance" : "Moonpeer B.V., accounts payable"
    vat_number = var.changed ? "NL123456789B01" : null
    address {
      country        = "NL"
      locality       = "Amsterdam"
      postal_code    = var.changed ? "1017 CF" : "1017 CE"
      street_address = "Herengracht 1"
    }
  }
}

resource "ixapi_account" "bare" {
  name = "Sunpeer B.V."
  address {
    country        = "NL"
    locality       = "Utrecht"
    postal_code    = "3511 AA"
    street_address = "Oudegracht 1"
  }
}

resource "ixapi_contact" "customer" {
  managing_account  = data.ixapi_account.own.id
  consuming_account = ixapi_account.customer.id
  name              = "Customer's desk"
}

resource "ixapi_connection" "port" {
  managing_account  = data.ixapi_account.own.id
  consuming_account = ixapi_account.customer.id
  billing_account   = ixapi_account.customer.id
  role_assignments  = []
  mode              = "standalone"
  product_offering  = "503233.AMS5-B.S"
  port_quantity     = 1

  lifecycle {
    precondition {
      condition     = ixapi_account.customer.state == "production"
      error_message = "Not yet: ${jsonencode(ixapi_account.customer.status)}"
    }
  }
}

# A customer of a reseller.
resource "ixapi_account" "customer" {
  name         = "Moonpeer B.V."
  legal_name   = "Moonpeer Besloten Vennootschap"
  external_ref = "customer-4711"
  address {
    country        = "NL"
    locality       = "Amsterdam"
    postal_code    = "1017 CE"
    street_address = "Herengracht 1"
  }
  billing_information {
    name       = "Moonpeer B.V., accounts payable"
    vat_number = "NL123456789B01"
    address {
      country        = "NL"
      locality       = "Amsterdam"
      postal_code    = "1017 CE"
      street_address = "Herengracht 1"
    }
  }
}

# What the exchange still asks for, such as to sign its terms.
output "to_do" {
  value = { for one in ixapi_account.customer.status : one.message => one.attrs if one.severity < 5 }
}

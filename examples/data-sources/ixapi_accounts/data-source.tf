# The account of another party, for a circuit to it. It is found only if it is discoverable.
data "ixapi_accounts" "partner" {
  name = "TEST COMPANY 2 NL"
}

output "partner" {
  value = one(data.ixapi_accounts.partner.accounts).id
}

# Your own account.
data "ixapi_account" "own" {}

# The account of the other side of a circuit.
data "ixapi_account" "partner" {
  name = "Example Networks B.V."
}

output "partner" {
  value = data.ixapi_account.partner.id
}

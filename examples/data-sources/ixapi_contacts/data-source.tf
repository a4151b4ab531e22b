# All contacts of one account.
data "ixapi_contacts" "all" {
  managing_account = "A0087999"
}

output "names" {
  value = data.ixapi_contacts.all.contacts[*].name
}

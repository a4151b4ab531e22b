# The contact that another team looks after.
data "ixapi_contact" "noc" {
  external_ref = "noc"
}

output "telephone" {
  value = data.ixapi_contact.noc.telephone
}

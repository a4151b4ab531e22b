data "ixapi_facilities" "netherlands" {
  address_country = "NL"
}

output "buildings" {
  value = data.ixapi_facilities.netherlands.facilities[*].name
}

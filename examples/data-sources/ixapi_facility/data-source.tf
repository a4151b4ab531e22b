# A building by its id.
data "ixapi_facility" "ams7" {
  id = "AMS7"
}

output "address" {
  value = data.ixapi_facility.ams7.street_address
}

# A point of presence by its id.
data "ixapi_pop" "ams7" {
  id = "AMS7-A"
}

output "facility" {
  value = data.ixapi_pop.ams7.facility
}

# A metro area by its id.
data "ixapi_metro_area" "amsterdam" {
  id = "AMS"
}

output "facilities" {
  value = data.ixapi_metro_area.amsterdam.facilities
}

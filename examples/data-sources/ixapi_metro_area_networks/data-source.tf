data "ixapi_metro_area_networks" "amsterdam" {
  metro_area = "AMS"
}

output "pops_in_amsterdam" {
  value = flatten(data.ixapi_metro_area_networks.amsterdam.metro_area_networks[*].pops)
}

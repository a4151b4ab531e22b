# The network of one metro area.
data "ixapi_metro_area_network" "amsterdam" {
  metro_area = "AMS"
}

output "pops" {
  value = data.ixapi_metro_area_network.amsterdam.pops
}

# Where can a port be ordered in Amsterdam?
data "ixapi_pops" "amsterdam" {
  metro_area_network = "AMS"
}

output "pops" {
  value = { for pop in data.ixapi_pops.amsterdam.pops : pop.id => pop.facility }
}

# Exactly this one: an id that does not exist is an error.
data "ixapi_pops" "ams7" {
  ids = ["AMS7-A"]
}

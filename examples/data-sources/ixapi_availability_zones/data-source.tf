# All zones of the exchange.
data "ixapi_availability_zones" "all" {}

output "names" {
  value = data.ixapi_availability_zones.all.availability_zones[*].name
}

data "ixapi_metro_areas" "all" {}

output "cities" {
  value = { for metro in data.ixapi_metro_areas.all.metro_areas : metro.id => metro.display_name }
}

# A zone by its name.
data "ixapi_availability_zone" "blue" {
  name = "Blue"
}

output "id" {
  value = data.ixapi_availability_zone.blue.id
}

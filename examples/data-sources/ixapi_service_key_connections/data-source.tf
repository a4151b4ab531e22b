# Our ports with what is left of them, to choose the one whose key a partner gets.
data "ixapi_service_key_connections" "production" {
  state = "production"
}

output "left" {
  value = {
    for port in data.ixapi_service_key_connections.production.service_key_connections :
    port.id => port.capacity_allocation_limit - port.capacity_allocated
  }
}

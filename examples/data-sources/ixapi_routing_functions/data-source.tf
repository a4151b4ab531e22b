# All routing functions in production.
data "ixapi_routing_functions" "live" {
  state = "production"
}

output "routers" {
  value = data.ixapi_routing_functions.live.routing_functions[*].id
}

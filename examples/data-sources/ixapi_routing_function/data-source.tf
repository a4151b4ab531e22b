# The routing function of an autonomous system.
data "ixapi_routing_function" "ours" {
  asn = 64512
}

output "router" {
  value = data.ixapi_routing_function.ours.id
}

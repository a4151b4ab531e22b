# The address that is registered for a router.
data "ixapi_mac" "router" {
  external_ref = "ams-edge-1"
}

output "address" {
  value = data.ixapi_mac.router.address
}

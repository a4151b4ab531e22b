# The address that is registered for a router.
data "ixapi_macs" "router" {
  external_ref = "ams-edge-1"
}

output "addresses" {
  value = data.ixapi_macs.router.macs[*].address
}

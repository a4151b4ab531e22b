# Does the exchange have closed user groups?
data "ixapi_implementation" "exchange" {}

output "has_closed_user_groups" {
  value = contains(data.ixapi_implementation.exchange.supported_network_service_types, "mp2mp_vc")
}

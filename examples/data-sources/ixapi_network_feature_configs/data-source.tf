# All sessions that are not in service.
data "ixapi_network_feature_configs" "open" {
  state__is_not = "production"
}

output "sessions" {
  value = data.ixapi_network_feature_configs.open.network_feature_configs[*].id
}

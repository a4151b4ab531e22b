# The session that a config has with a route server.
variable "config" {
  description = "Id of the network service config."
  type        = string
}

data "ixapi_network_feature_config" "session" {
  network_service_config = var.config
}

output "state" {
  value = data.ixapi_network_feature_config.session.state
}

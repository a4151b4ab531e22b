# Circuits that partners have ordered with our service keys and that wait for our side.
data "ixapi_service_key_network_services" "invitations" {
  state                  = "requested"
  joining_member_account = "A0087264"
}

output "to_accept" {
  value = data.ixapi_service_key_network_services.invitations.service_key_network_services[*].id
}

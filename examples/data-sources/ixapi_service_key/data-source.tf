# What the key is for that a partner gave us.
variable "service_key" {
  description = "Service key of the partner's port."
  type        = string
  sensitive   = true
}

data "ixapi_service_key" "partner" {
  service_key = var.service_key
}

output "partner" {
  value = "${data.ixapi_service_key.partner.legal_name} at ${data.ixapi_service_key.partner.pop}"
}

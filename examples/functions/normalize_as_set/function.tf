# As PeeringDB has it.
variable "irr_as_set" {
  type    = string
  default = "RIPE::AS-EXAMPLE"
}

# As `as_set_v4` and `as_set_v6` of an ixapi_nfc have to be: AS-EXAMPLE@RIPE.
output "as_set" {
  value = provider::ixapi::normalize_as_set(var.irr_as_set)
}

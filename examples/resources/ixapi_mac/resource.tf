resource "ixapi_mac" "router" {
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  external_ref      = "ams-edge-1"
  address           = "42:23:bc:8e:b8:b0"

  # A config has the new one before the old one goes.
  lifecycle {
    create_before_destroy = true
  }
}

# Circuits between Amsterdam and London, of any bandwidth.
data "ixapi_product_offerings" "circuits" {
  type                = "p2p_vc"
  handover_metro_area = "AMS"
  service_metro_area  = "LON"
}

# The one to order for 800 Mbit/s.
output "product_offering" {
  value = provider::ixapi::smallest_offering(
    data.ixapi_product_offerings.circuits.product_offerings, 800
  ).id
}

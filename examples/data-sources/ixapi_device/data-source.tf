# A device by its name.
data "ixapi_device" "ams7" {
  name = "jr2-ams7-sandbox"
}

output "largest_lag" {
  value = max(data.ixapi_device.ams7.capabilities[*].max_lag...)
}

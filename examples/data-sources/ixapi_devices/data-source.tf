# Where are ports of 100 Gbit/s left?
data "ixapi_devices" "fast" {
  capability_speed_gte = 100000
}

output "free" {
  value = {
    for device in data.ixapi_devices.fast.devices :
    device.pop => [for one in device.capabilities : one.availability if one.speed >= 100000]
  }
}

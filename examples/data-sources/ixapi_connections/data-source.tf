# All ports and LAGs that are in service at one place.
data "ixapi_connections" "live" {
  pop   = "AMS7-A"
  state = "production"
}

output "speeds" {
  value = { for port in data.ixapi_connections.live.connections : port.id => port.speed }
}

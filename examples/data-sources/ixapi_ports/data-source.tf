# Ports that have no link, to look after.
data "ixapi_ports" "mine" {
  state = "production"
}

output "down" {
  value = [for port in data.ixapi_ports.mine.ports : port.id if port.operational_state != "up"]
}

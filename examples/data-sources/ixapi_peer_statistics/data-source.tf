# How much goes to one autonomous system?
data "ixapi_peer_statistics" "peer" {
  network_service_config = "ff4e3e4b-5f6a-4b7b-8c8c-9d9d9d9d9d9d"
  asn                    = 64500
}

output "octets_out" {
  value = { for name, one in data.ixapi_peer_statistics.peer.aggregates : name => one.average_ops_out }
}

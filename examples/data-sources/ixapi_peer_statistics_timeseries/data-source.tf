# The same over the last day, IPv6 alone.
data "ixapi_peer_statistics_timeseries" "peer" {
  network_service_config = "ff4e3e4b-5f6a-4b7b-8c8c-9d9d9d9d9d9d"
  aggregate              = "P1D"
  asn                    = 64500
  ip_version             = 6
}

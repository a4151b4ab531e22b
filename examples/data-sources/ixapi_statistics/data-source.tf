# How busy was a port in the last day?
data "ixapi_statistics" "port" {
  network_connection = "CANL-051665"
}

output "busy" {
  value = {
    for interval, total in data.ixapi_statistics.port.aggregates :
    interval => "${total.percentile95_ops_in * 8 / 1000000} Mbit/s in"
  }
}

# Within hours of one's own there is one interval, `custom`.
data "ixapi_statistics" "window" {
  network_service_config = "ff4e3e4b-5f6a-4b7b-8c8c-9d9d9d9d9d9d"
  start                  = "2026-01-31T08:00:00Z"
  end                    = "2026-01-31T18:00:00Z"
}

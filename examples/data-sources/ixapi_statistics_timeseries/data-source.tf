# Octets a second over the last day, with the names of the columns.
data "ixapi_statistics_timeseries" "day" {
  network_connection = "CANL-051665"
  aggregate          = "P1D"
  fields             = ["average_ops_in", "average_ops_out"]
}

output "samples" {
  value = [
    for sample in data.ixapi_statistics_timeseries.day.samples :
    zipmap(data.ixapi_statistics_timeseries.day.columns, sample)
  ]
}

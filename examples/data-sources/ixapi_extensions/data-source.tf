# What does the exchange have beside IX-API, and where?
data "ixapi_extensions" "all" {}

output "extensions" {
  value = { for one in data.ixapi_extensions.all.extensions : one.name => one.base_url }
}

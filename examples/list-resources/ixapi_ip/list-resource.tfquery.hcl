list "ixapi_ip" "all" {
  provider = ixapi
  limit    = 1000
}

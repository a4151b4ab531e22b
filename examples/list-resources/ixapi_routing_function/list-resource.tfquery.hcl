list "ixapi_routing_function" "all" {
  provider = ixapi
  limit    = 1000
}

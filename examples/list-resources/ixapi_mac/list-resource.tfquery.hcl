list "ixapi_mac" "all" {
  provider = ixapi
  limit    = 1000
}

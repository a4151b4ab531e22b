list "ixapi_contact" "all" {
  provider = ixapi
  limit    = 1000
}

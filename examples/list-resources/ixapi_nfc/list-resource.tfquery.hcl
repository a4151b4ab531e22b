list "ixapi_nfc" "all" {
  provider = ixapi
  limit    = 1000
}

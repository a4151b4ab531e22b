list "ixapi_connection" "ams" {
  provider = ixapi
  limit    = 1000

  config {
    pop = "AMS5-B"
  }
}

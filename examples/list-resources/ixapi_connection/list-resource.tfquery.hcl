list "ixapi_connection" "all" {
  provider = ixapi
  limit    = 1000

  config {
    pop = "AMS5-B"
  }
}

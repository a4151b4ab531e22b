list "ixapi_account" "all" {
  provider = ixapi
  limit    = 1000

  config {
    external_ref = "customer-4711"
  }
}

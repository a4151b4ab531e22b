list "ixapi_cloud_vc" "all" {
  provider = ixapi
  limit    = 1000

  config {
    state = "production"
  }
}

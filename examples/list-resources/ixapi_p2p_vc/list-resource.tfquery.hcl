list "ixapi_p2p_vc" "all" {
  provider = ixapi
  limit    = 1000

  config {
    state = "production"
  }
}

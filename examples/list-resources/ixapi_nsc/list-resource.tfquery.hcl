list "ixapi_nsc" "all" {
  provider = ixapi
  limit    = 1000

  config {
    type = "p2p_vc"
  }
}

list "ixapi_p2mp_vc" "all" {
  provider = ixapi
  limit    = 1000
}

list "ixapi_mp2mp_vc" "all" {
  provider = ixapi
  limit    = 1000
}

list "ixapi_role_assignment" "all" {
  provider = ixapi
  limit    = 1000
}

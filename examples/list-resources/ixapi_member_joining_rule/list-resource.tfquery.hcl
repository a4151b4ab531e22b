list "ixapi_member_joining_rule" "all" {
  provider = ixapi
  limit    = 1000
}

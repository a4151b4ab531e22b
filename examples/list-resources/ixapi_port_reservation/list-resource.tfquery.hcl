list "ixapi_port_reservation" "all" {
  provider = ixapi
  limit    = 1000
}

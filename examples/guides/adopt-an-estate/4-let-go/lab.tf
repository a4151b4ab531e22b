removed {
  from = ixapi_connection.lab

  lifecycle {
    destroy = false
  }
}

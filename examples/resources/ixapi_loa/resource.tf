variable "letters" {
  description = "Folder with the letters that you have from the other side."
  type        = string
}

# A port whose cross connect the exchange orders, and the letter that says where to.
resource "ixapi_connection" "port" {
  mode             = "standalone"
  product_offering = "503235.FRA1-A.E"
  port_quantity    = 1
}

resource "ixapi_loa" "port" {
  network_connection = ixapi_connection.port.id
  content_base64     = filebase64("${var.letters}/loa.pdf")
}

# Of a LAG, a letter for each of its ports.
resource "ixapi_connection" "lag" {
  mode             = "lag_lacp"
  product_offering = "503235.FRA1-A.E"
  port_quantity    = 2
}

resource "ixapi_loa" "member" {
  count            = 2
  port_reservation = tolist(ixapi_connection.lag.port_reservations)[count.index]
  content_base64   = filebase64("${var.letters}/member-${count.index}.pdf")
}

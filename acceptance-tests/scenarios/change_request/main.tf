# What the joining member of a circuit asks its owner to change, and takes back in the end.
# Capabilities: 62, 63
# With: second party, port, port of b, circuit to b

locals {
  reference = "of party A"
  vlan      = 42
}

resource "ixapi_change_request" "more" {
  provider         = ixapi.b
  network_service  = ixapi_p2p_vc.circuit.id
  product_offering = "503124.AMS.AMS"
  capacity         = 400
  depends_on       = [ixapi_nsc.a, ixapi_nsc.b]
}

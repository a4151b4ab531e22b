resource "ixapi_connection" "port" {
  for_each         = toset(["ams-edge-1", "ams-edge-2", "ams-lab-1", "ams-lab-2"])
  external_ref     = each.key
  mode             = "standalone"
  port_quantity    = 1
  product_offering = startswith(each.key, "ams-lab") ? "503233.AMS5-B.S" : "503234.AMS5-B.S"
}

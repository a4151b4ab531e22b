# A port that was ordered elsewhere, by its reference.
data "ixapi_connection" "edge" {
  external_ref = "ams-edge-1"
}

output "vlan_types" {
  value = data.ixapi_connection.edge.vlan_types
}

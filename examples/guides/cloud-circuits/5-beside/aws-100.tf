data "ixapi_product_offering" "aws_100" {
  type               = "cloud_vc"
  service_provider   = "Amazon Web Services"
  service_metro_area = "AMS"
  bandwidth          = 100
}

resource "ixapi_cloud_vc" "aws_100" {
  product_offering = data.ixapi_product_offering.aws_100.id
  cloud_key        = var.aws_account
}

resource "ixapi_nsc" "aws_100" {
  type               = "cloud_vc"
  network_service    = ixapi_cloud_vc.aws_100.id
  handover           = 1
  network_connection = data.ixapi_connection.port.id

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 206
  }
}

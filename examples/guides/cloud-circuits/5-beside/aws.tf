variable "aws_account" {
  description = "Id of our account at AWS."
  type        = string
  default     = "123456789876"
}

data "ixapi_product_offering" "aws" {
  type               = "cloud_vc"
  service_provider   = "Amazon Web Services"
  service_metro_area = "AMS"
  bandwidth          = 50
}

resource "ixapi_cloud_vc" "aws" {
  product_offering = data.ixapi_product_offering.aws.id
  cloud_key        = var.aws_account
}

resource "ixapi_nsc" "aws" {
  type               = "cloud_vc"
  network_service    = ixapi_cloud_vc.aws.id
  handover           = 1
  network_connection = data.ixapi_connection.port.id

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 205
  }
}

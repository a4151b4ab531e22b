variable "azure_service_key" {
  description = "Service key of the ExpressRoute circuit, from the Azure portal."
  type        = string
  sensitive   = true
  default     = "0f3b6b4c-1c1c-4d5a-9a55-0a6f9c2d7e11"
}

data "ixapi_product_offering" "azure" {
  type      = "cloud_vc"
  cloud_key = var.azure_service_key
  bandwidth = 100
}

resource "ixapi_cloud_vc" "azure" {
  product_offering = data.ixapi_product_offering.azure.id
  cloud_key        = var.azure_service_key
}

data "ixapi_connection" "port" {
  external_ref = "ams-cloud-1"
}

data "ixapi_role" "noc" {
  name = "NoC"
}

resource "ixapi_contact" "noc" {
  email     = "noc@example.net"
  telephone = "+31 20 555 0100"
  roles     = [data.ixapi_role.noc.id]
}

# One for each handover: 1 to diversity.
resource "ixapi_nsc" "azure" {
  count              = data.ixapi_product_offering.azure.diversity
  type               = "cloud_vc"
  network_service    = ixapi_cloud_vc.azure.id
  handover           = count.index + 1
  network_connection = data.ixapi_connection.port.id
  depends_on         = [ixapi_contact.noc]

  vlan_config {
    vlan_type = "dot1q"
    vlan      = 201 + count.index
  }
}

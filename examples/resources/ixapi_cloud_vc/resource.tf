variable "service_key" {
  description = "Service key of the ExpressRoute circuit, from the Azure portal."
  type        = string
  sensitive   = true
}

# Begun at the provider: the offering has to fit what was ordered there.
resource "ixapi_cloud_vc" "azure" {
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  billing_account   = "A0087999"
  product_offering  = "azure-er.amsterdam.AMS.50"
  cloud_key         = var.service_key
}

# Begun at the exchange, with the id of the account at the provider.
resource "ixapi_cloud_vc" "aws" {
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  billing_account   = "A0087999"
  product_offering  = "aws-dc.amsterdam.AMS.50"
  cloud_key         = "123456789876"
}

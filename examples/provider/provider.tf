terraform {
  required_providers {
    ixapi = {
      source = "ixapi-rs/ixapi"
    }
  }
}

variable "ix_client_id" {
  type = string
}

variable "ix_client_secret" {
  type      = string
  sensitive = true
}

# Every argument can come from the environment instead: IX_API_HOST, IX_API_KEY, IX_API_SECRET …
provider "ixapi" {
  api              = "https://api.interxion.com/ixapi/v2"
  auth             = "oauth2"
  api_key          = var.ix_client_id
  api_secret       = var.ix_client_secret
  oauth2_token_url = "https://login.digitalrealty.com/connect/token"
}

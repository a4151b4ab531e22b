# MAC addresses: registered in any case, found again by account, reference and address.
# Capabilities: 52
# Sandbox: --ignore-filters

resource "ixapi_mac" "upper" {
  managing_account  = local.account
  consuming_account = local.account
  external_ref      = "edge-1"
  address           = "42:23:BC:8E:B8:B0"
  valid_not_before  = "2026-01-01T00:00:00Z"
  valid_not_after   = "2027-01-01T01:00:00+01:00"
}

resource "ixapi_mac" "bare" {
  managing_account  = local.account
  consuming_account = "A0073476"
  address           = "42:23:bc:8e:b8:b1"
}

data "ixapi_macs" "all" {
  ids = [ixapi_mac.upper.id, ixapi_mac.bare.id]
}

data "ixapi_macs" "by_address" {
  address    = "42:23:bc:8e:b8:b0"
  depends_on = [ixapi_mac.upper, ixapi_mac.bare]
}

data "ixapi_macs" "by_account" {
  consuming_account = "A0073476"
  depends_on        = [ixapi_mac.upper, ixapi_mac.bare]
}

output "found" {
  value = {
    all        = length(data.ixapi_macs.all.macs)
    by_address = one(data.ixapi_macs.by_address.macs).external_ref
    by_account = one(data.ixapi_macs.by_account.macs).address
  }

  precondition {
    condition     = length(data.ixapi_macs.all.macs) == 2
    error_message = "Both addresses are to be found by id."
  }

  precondition {
    condition     = one(data.ixapi_macs.by_address.macs).id == ixapi_mac.upper.id
    error_message = "One is to be found by its address, in either case."
  }

  precondition {
    condition     = one(data.ixapi_macs.by_account.macs).id == ixapi_mac.bare.id
    error_message = "One is to be found by its account."
  }
}

# Rules that allow and deny: changed in place, and found again by what they are about.
# Capabilities: 61
# Sandbox:
# Sandbox: --ignore-filters

resource "ixapi_mp2mp_vc" "group" {
  product_offering = "503402.AMS"
}

resource "ixapi_member_joining_rule" "allowed" {
  type              = "allow"
  network_service   = ixapi_mp2mp_vc.group.id
  consuming_account = "A0087264"
  external_ref      = var.changed ? "friend-2" : "friend-1"
  capacity_min      = var.changed ? null : 100
  capacity_max      = var.changed ? 2000 : 1000
}

resource "ixapi_member_joining_rule" "unbounded" {
  type              = "allow"
  network_service   = ixapi_mp2mp_vc.group.id
  managing_account  = var.changed ? "A0073476" : local.account
  consuming_account = "A0073476"
}

resource "ixapi_member_joining_rule" "denied" {
  type              = "deny"
  network_service   = ixapi_mp2mp_vc.group.id
  consuming_account = var.changed ? "A0090211" : "A0015750"
}

data "ixapi_member_joining_rules" "of_the_group" {
  network_service = ixapi_mp2mp_vc.group.id
  depends_on = [
    ixapi_member_joining_rule.allowed,
    ixapi_member_joining_rule.unbounded,
    ixapi_member_joining_rule.denied,
  ]

  lifecycle {
    postcondition {
      condition     = length(self.member_joining_rules) == 3
      error_message = "All rules are to be found by their group."
    }
  }
}

data "ixapi_member_joining_rule" "by_account" {
  consuming_account = ixapi_member_joining_rule.allowed.consuming_account

  lifecycle {
    postcondition {
      condition     = self.id == ixapi_member_joining_rule.allowed.id && self.type == "allow"
      error_message = "A rule is to be found by whom it is about."
    }
  }
}

data "ixapi_member_joining_rules" "by_reference" {
  external_ref = "nothing"

  lifecycle {
    postcondition {
      condition     = length(self.member_joining_rules) == 0
      error_message = "There is no rule with this reference."
    }
  }
}

data "ixapi_member_joining_rule" "by_id" {
  id = ixapi_member_joining_rule.denied.id

  lifecycle {
    postcondition {
      condition     = self.type == "deny" && self.capacity_max == null
      error_message = "A rule is to be found by its id."
    }
  }
}

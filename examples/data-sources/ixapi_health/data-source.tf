# Is the exchange's API well?
data "ixapi_health" "now" {
  lifecycle {
    postcondition {
      condition     = self.status != "fail"
      error_message = "The exchange is not well: ${coalesce(self.output, "it does not say why")}"
    }
  }
}

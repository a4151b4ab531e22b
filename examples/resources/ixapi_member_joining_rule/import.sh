terraform import ixapi_member_joining_rule.partner 7c2f6f0e-4f0b-4b60-8f6f-6a3e5a9b0c11

# By a reference of your own, if one live object bears it:
terraform import ixapi_member_joining_rule.partner external_ref:my-reference

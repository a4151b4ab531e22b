terraform import ixapi_contact.noc 0092d959-6f47-478e-d2e2-08d9b8c2e666

# By a reference of your own, if one live object bears it:
terraform import ixapi_contact.noc external_ref:my-reference

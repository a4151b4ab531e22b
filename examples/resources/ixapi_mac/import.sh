terraform import ixapi_mac.router 6b4c8f2e-3d1a-4c57-9d0e-2a7f5b8c9d10

# By a reference of your own, if one live object bears it:
terraform import ixapi_mac.router external_ref:my-reference

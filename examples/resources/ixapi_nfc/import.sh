terraform import ixapi_nfc.v4 ff4e3e4b-5f6a-4b7b-8c8c-9d9d9d9d9d9d

# By a reference of your own, if one live object bears it:
terraform import ixapi_nfc.v4 external_ref:my-reference

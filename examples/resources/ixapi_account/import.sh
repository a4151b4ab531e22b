terraform import ixapi_account.customer 4d1c0f5e-2f0a-4f5e-9a83-2b1c5f1e7d10

# By a reference of your own, if one live object bears it:
terraform import ixapi_account.customer external_ref:customer-4711

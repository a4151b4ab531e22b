terraform import ixapi_mp2mp_vc.friends ffaaaaaa-1dd1-11b2-801b-000000000000

# By a reference of your own, if one live object bears it:
terraform import ixapi_mp2mp_vc.friends external_ref:my-reference

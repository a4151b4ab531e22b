terraform import ixapi_p2mp_vc.broadcast ffaaaaaa-1dd1-11b2-801b-000000000001

# By a reference of your own, if one live object bears it:
terraform import ixapi_p2mp_vc.broadcast external_ref:my-reference

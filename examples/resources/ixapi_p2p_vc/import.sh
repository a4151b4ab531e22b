terraform import ixapi_p2p_vc.partner ffffffff-aaaa-1111-0000-000000000000

# By a reference of your own, if one live object bears it:
terraform import ixapi_p2p_vc.partner external_ref:my-reference

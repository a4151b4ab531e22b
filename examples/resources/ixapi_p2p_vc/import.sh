terraform import ixapi_p2p_vc.partner ffffffff-aaaa-1111-0000-000000000000

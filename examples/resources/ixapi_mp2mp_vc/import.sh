terraform import ixapi_mp2mp_vc.friends ffaaaaaa-1dd1-11b2-801b-000000000000

terraform import ixapi_cloud_vc.aws CSNL-051365

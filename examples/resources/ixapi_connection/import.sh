terraform import ixapi_connection.port CANL-051665

# By a reference of your own, if one live object bears it:
terraform import ixapi_connection.port external_ref:my-reference

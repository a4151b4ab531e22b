terraform import ixapi_connection.port CANL-051665

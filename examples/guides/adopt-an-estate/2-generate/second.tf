import {
  to = ixapi_connection.second
  id = "external_ref:ams-edge-2"
}

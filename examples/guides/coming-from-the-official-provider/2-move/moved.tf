moved {
  from = ixapi_network_service_p2p_vc.circuit
  to   = ixapi_p2p_vc.circuit
}

moved {
  from = ixapi_network_service_config_p2p_vc.side
  to   = ixapi_nsc.side
}

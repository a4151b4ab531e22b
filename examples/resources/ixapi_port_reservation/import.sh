terraform import ixapi_port_reservation.third CANL-051656

# By a reference of your own, if one live object bears it:
terraform import ixapi_port_reservation.third external_ref:my-reference

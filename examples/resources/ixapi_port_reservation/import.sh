terraform import ixapi_port_reservation.third CANL-051656

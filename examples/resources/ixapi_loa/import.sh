# Where the exchange gives back what was uploaded:
terraform import ixapi_loa.port connections/CANL-051665

# That of one port of a LAG:
terraform import 'ixapi_loa.member[0]' port-reservations/CANL-051666

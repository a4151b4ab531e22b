terraform import ixapi_contact.noc 0092d959-6f47-478e-d2e2-08d9b8c2e666

terraform import ixapi_role_assignment.noc 15c2001a-9bc8-4236-c560-08d9ba38e2ec

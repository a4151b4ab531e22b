terraform import ixapi_routing_function.router 0f3b6b4c-1c1c-4d5a-9a55-0a6f9c2d7e11

# The request is answered.

select learning.known_fields(%(kind)s)

select learning.import_fields(%(kind)s)

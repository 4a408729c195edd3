select learning.create_login(%(login)s, %(role)s, %(password)s)

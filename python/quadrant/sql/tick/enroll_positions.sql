select * from pm.enroll_positions(%(feed)s, %(positions)s, %(epoch)s)

select learning.set_clock(%(at)s)

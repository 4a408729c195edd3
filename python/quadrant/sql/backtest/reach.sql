select learning.set_clock(%s)

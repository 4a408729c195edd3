select learning.clock(), c.set_to is not null from learning.clock_setting as c

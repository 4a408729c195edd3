select learning.judging_step(%s, learning.clock(), %s, true)

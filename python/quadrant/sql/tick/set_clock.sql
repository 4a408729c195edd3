select learning.set_clock(to_timestamp(%(clock_ms)s / 1000.0))

select learning.take_jobs(%(holder)s)

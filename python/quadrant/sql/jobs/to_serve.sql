select * from learning.jobs_to_serve(%(since)s)

select learning.remove_run(%(run)s)

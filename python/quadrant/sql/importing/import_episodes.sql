select learning.import_episodes(%(rows)s, %(source)s)

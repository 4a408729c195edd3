select learning.end_run(%s, 'waiting', '{}')

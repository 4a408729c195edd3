select learning.enter_replay(%(feed)s, %(data)s, %(chain)s)

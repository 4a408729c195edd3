select learning.beat(%s, %s, %s, %s)

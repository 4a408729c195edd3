select learning.learn()

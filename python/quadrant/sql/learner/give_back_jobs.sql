select learning.give_back_jobs()

select learning.judge_by_hand(%s)

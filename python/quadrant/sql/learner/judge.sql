call learning.run_judge(true, %s)

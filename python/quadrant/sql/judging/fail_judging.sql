select learning.fail_judging(%s, %s);

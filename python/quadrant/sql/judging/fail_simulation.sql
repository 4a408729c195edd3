select learning.fail_simulation(%s, %s);

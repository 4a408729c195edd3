select learning.finish_judging(%s);

drop table learning.window_marks;

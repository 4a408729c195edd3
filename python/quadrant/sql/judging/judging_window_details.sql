select * from learning.judging_window_details(%s);

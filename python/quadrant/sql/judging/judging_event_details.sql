select * from learning.judging_event_details(%s);

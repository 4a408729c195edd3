select e.ids, e.versions from learning.judging_events(%s, %s) as e;

select s.settings, s.stamp from learning.judging_settings(%s) as s;

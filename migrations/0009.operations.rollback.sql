drop table learning.workers;
drop table learning.schedule;
drop type learning.cron;

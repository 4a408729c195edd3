drop table learning.workers;
drop trigger check_cron on learning.schedule;
drop function learning.check_cron();
drop function learning.cron(text);
drop type learning.cron;
drop function learning.cron_values(text, integer, integer, text[]);
comment on column learning.schedule.cron is 'Five cron fields, UTC.';

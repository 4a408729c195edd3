drop table learning.job_leases;
drop table learning.learning_log;
drop table learning.learning_runs;

drop index learning.learning_runs_open;
drop table learning.job_leases;

select r from learning.judging_runs_to_finish() as r;

select r.mined, r.run_id from learning.rehearse() as r

select r.id from learning.begin_run('quadrant.judge', true) as r

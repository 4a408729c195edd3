select k.pattern_key, k.profile, k.status, k.look_day, k.slices, k.n_windows, k.n_days, k.candidates,
    k.qualified, k.created, k.dropped
from learning.looks as k
where k.run_id = %s
order by k.pattern_key

-- Every look at a pattern: what was tried, what passed, and a bound on how much of what came into
-- force may be noise (the looks' own promise: learning nothing new, at most 1.5 % of the time).
create or replace view analyst.judgings as
select k.id as look_id, k.run_id, k.pattern_key, k.profile, k.look_day, k.status, k.slices,
    k.n_windows, k.n_days, k.candidates, k.qualified, k.created, k.dropped, k.looked_at
from learning.looks as k;
comment on view analyst.judgings is
    'One row per look: slices and candidates tried, how many passed, came and went.';

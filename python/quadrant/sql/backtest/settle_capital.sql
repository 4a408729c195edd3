select bool_or(0 < any (array[
    (j.counts ->> 'created')::integer, (j.counts ->> 'changed')::integer,
    (j.counts ->> 'removed')::integer
]))
from learning.mined_trades as m
cross join lateral learning.judge_strength(
    -- Later than what was written: as of one moment there is one step.
    null, learning.clock() + interval '1 millisecond', m.pattern_key, true
) as j (counts)
where split_part(m.pattern_key, '.', 1) = 'dm'

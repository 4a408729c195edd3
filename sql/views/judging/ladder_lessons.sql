-- Lessons of the DX ladder that stand for themselves (no copies), with the multiplier of the arms'
-- distance they ask for.
create or replace view analyst.ladder_lessons as
select l.id as lesson_id, l.status, l.pattern_key, l.scope_subset, l.n,
    (l.stats ->> 'n_success')::bigint as n_success,
    (l.stats ->> 'n_failure')::bigint as n_failure,
    (l.stats ->> 'failure_rate')::double precision as failure_rate,
    (l.stats ->> 'count_1')::bigint as count_1,
    (l.stats ->> 'count_2')::bigint as count_2,
    (l.stats ->> 'count_3')::bigint as count_3,
    (l.stats ->> 'avg_dx_count')::double precision as avg_dx_count,
    (l.stats ->> 'ladder_pressure')::double precision as ladder_pressure,
    learning.ladder_multiplier((l.stats ->> 'ladder_pressure')::double precision) as multiplier,
    l.run_id, l.updated_at
from learning.dx_ladder_lessons as l
where not l.is_copy;
comment on view analyst.ladder_lessons is
    'Per slice how many buys of the DX ladder its successful recoveries took, and the multiplier of the arms'' distance that asks for.';

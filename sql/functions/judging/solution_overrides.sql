-- The overrides that a pattern's live solutions ask for: one row per lever of the grid, levers left
-- at base too, so that the most specific solution governs all of them. A suspended solution is
-- shown as proposed. Ids and times are null.
create or replace function learning.solution_overrides(p_pattern_key text)
returns setof learning.pm_overrides
language sql stable
as $$
    select w.*
    from learning.solutions as o
    join learning.gates as l on l.pattern_key = o.pattern_key and cardinality(l.steps) > 1
    cross join lateral (
        select coalesce((o.steps ->> l.gate)::double precision, 0) as size
    ) as step
    cross join lateral jsonb_populate_record(null::learning.pm_overrides, jsonb_build_object(
        'status', case o.status when 'active' then 'active' else 'proposed' end,
        'pattern_key', o.pattern_key,
        'action_category', l.action_category,
        'scope_subset', o.scope_subset,
        'multiplier', case
            when l.adjust = 'multiplier' then (l.base + step.size) / l.base else 1
        end,
        'delta', case when l.adjust = 'delta' then step.size else 0 end,
        'confidence_score', round(o.confidence::numeric, 6),
        'n', o.n,
        'method', 'simulation',
        'solution_id', format('solution %s', o.id),
        'lesson_id', o.lesson_id,
        'pinned', o.pinned,
        'evidence', jsonb_build_object('solution', o.id, 'status', o.status)
    )) as w
    where o.pattern_key = p_pattern_key
        and o.status in ('active', 'proposed', 'suspended')
$$;
comment on function learning.solution_overrides(text) is
    'Overrides that a pattern''s live solutions ask for, as rows of pm_overrides without ids.';

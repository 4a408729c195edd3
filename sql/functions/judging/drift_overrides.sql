-- The overrides drift asks for in a pattern: lessons, no copies, most of whose experiments lack
-- samples. Proposed only, but under the profile plan; never where a tested solution lives. Ids and
-- times are null; confidence is n / (n + 50).
create or replace function learning.drift_overrides(p_pattern_key text)
returns setof learning.pm_overrides
language sql stable
as $$
    select o.*
    from learning.drift_levers as d
    cross join lateral jsonb_populate_record(null::learning.pm_overrides, jsonb_build_object(
        'status', case learning.judging_profile(p_pattern_key)
            when 'plan' then 'active' else 'proposed' end,
        'pattern_key', d.pattern_key,
        'action_category', d.action_category,
        'scope_subset', d.scope_subset,
        'multiplier', d.multiplier,
        'delta', 0,
        'confidence_score', round(d.n / (d.n + 50.0), 4),
        'n', d.n,
        'method', 'drift',
        'solution_id', format('lesson %s drift', d.lesson_id),
        'lesson_id', d.lesson_id,
        'evidence', jsonb_build_object(
            'pressure', d.pressure, 'n_misses', d.n_misses, 'n_fps', d.n_fps,
            'unclamped', round(d.raw::numeric, 6)
        )
    )) as o
    where d.pattern_key = p_pattern_key
        and not d.is_copy
        and not d.simulated
        and d.why_not = ''
        and not exists (
            select
            from learning.solutions as s
            where s.pattern_key = d.pattern_key
                and s.scope_subset = d.scope_subset
                and s.status in ('active', 'proposed', 'suspended')
        )
$$;
comment on function learning.drift_overrides(text) is
    'Overrides of the drift method in a pattern, as rows of pm_overrides without ids.';

-- The overrides of a pattern's DX ladder: ladder lessons, no copies, whose multiplier is at least
-- 0.02 from 1. Proposed only, but under the profile plan; never where a tested solution lives. Ids
-- and times are null; confidence is n_success / 100, at most 1.
create or replace function learning.ladder_overrides(p_pattern_key text)
returns setof learning.pm_overrides
language sql stable
as $$
    select o.*
    from learning.dx_ladder_lessons as l
    cross join lateral (
        select learning.ladder_multiplier((l.stats ->> 'ladder_pressure')::double precision)
    ) as m (multiplier)
    cross join lateral jsonb_populate_record(null::learning.pm_overrides, jsonb_build_object(
        'status', case learning.judging_profile(p_pattern_key)
            when 'plan' then 'active' else 'proposed' end,
        'pattern_key', l.pattern_key,
        'action_category', 'tuning_dx_atr_mult',
        'scope_subset', l.scope_subset,
        'multiplier', m.multiplier,
        'delta', 0,
        'confidence_score', least(1, round((l.stats ->> 'n_success')::numeric / 100, 4)),
        'n', l.n,
        'method', 'ladder',
        'solution_id', format('lesson %s ladder', l.id),
        'lesson_id', l.id,
        'evidence', jsonb_build_object(
            'ladder_pressure', l.stats -> 'ladder_pressure', 'n_success', l.stats -> 'n_success'
        )
    )) as o
    where l.pattern_key = p_pattern_key
        and l.status = 'active'
        and not l.is_copy
        and abs(m.multiplier - 1) >= 0.02
        and not exists (
            select
            from learning.solutions as s
            where s.pattern_key = l.pattern_key
                and s.scope_subset = l.scope_subset
                and s.status in ('active', 'proposed', 'suspended')
        )
$$;
comment on function learning.ladder_overrides(text) is
    'Overrides of a pattern''s DX ladder, as rows of pm_overrides without ids.';

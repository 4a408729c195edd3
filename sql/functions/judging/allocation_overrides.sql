-- The overrides that a pattern's lessons dm_alloc (no copies) ask for: the multiplier of capital
-- goes at most 0.02 from where it is (1 before it is written) toward the lesson's, and back to 1
-- where the lesson is gone; then it ends. Once for a moment p_as_of: a run repeated for it, as
-- after a crash, goes no further. evidence: target, var (of ROI), half_life_hours (null where not
-- measurable). Ids and times are null.
create or replace function learning.allocation_overrides(p_pattern_key text, p_as_of timestamptz)
returns setof learning.pm_overrides
language sql stable
as $$
    with lessons as materialized (
        select l.*
        from learning.lessons as l
        where l.lesson_type = 'dm_alloc'
            and l.pattern_key = p_pattern_key
            and l.status = 'active'
            and l.copy_of is null
    ),
    present as materialized (
        select o.*
        from learning.pm_overrides as o
        where o.pattern_key = p_pattern_key
            and o.action_category = 'dm_alloc'
            and not o.is_manual
    )
    select o.*
    from lessons as l
    full join present as w on w.scope_subset = l.scope_subset
    cross join lateral (
        select coalesce(w.multiplier, 1) as multiplier,
            coalesce(round((l.stats ->> 'alloc_mult')::numeric, 9), 1)::double precision as target
    ) as a
    cross join lateral (
        select case when w.last_updated_at >= p_as_of then a.multiplier
            when abs(a.target - a.multiplier) <= 0.02 then a.target
            else round((a.multiplier + 0.02 * sign(a.target - a.multiplier))::numeric, 9)
            end::double precision as multiplier
    ) as n
    cross join lateral jsonb_populate_record(
        null::learning.pm_overrides,
        coalesce(to_jsonb(w), '{}') || jsonb_build_object(
            'multiplier', n.multiplier,
            'evidence', coalesce(w.evidence, '{}') || jsonb_build_object('target', a.target)
        ) || case when l.id is null then '{}' else jsonb_build_object(
            'status', case when learning.setting(p_pattern_key, 'auto_apply')::boolean
                then 'active' else 'proposed' end,
            'pattern_key', p_pattern_key,
            'action_category', 'dm_alloc',
            'scope_subset', l.scope_subset,
            'delta', 0,
            'confidence_score', l.stats -> 'confidence',
            'edge_raw_roi', l.stats -> 'edge_raw_roi',
            'n', l.n,
            'method', 'strength',
            'solution_id', format('lesson %s strength', l.id),
            'lesson_id', l.id,
            'evidence', jsonb_build_object(
                'target', a.target, 'var', l.stats -> 'var_roi',
                'half_life_hours', l.decay_halflife_hours
            )
        ) end
    ) as o
    where l.id is not null or n.multiplier <> 1
$$;
comment on function learning.allocation_overrides(text, timestamptz) is
    'Overrides of a pattern''s share of capital, as rows of pm_overrides.';

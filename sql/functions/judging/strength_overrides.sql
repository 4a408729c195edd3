-- The overrides that a pattern's strength lessons (no copies) ask for: directions and confidence,
-- no multiplier. Active under the profile plan; under evidence where the slice's trades beat the
-- pattern's at equal exposure by learning.judging_thresholds and its direction is up (an active one
-- stays by the weaker thresholds), else proposed, with the reason in evidence. Ids and times are
-- null.
create or replace function learning.strength_overrides(
    p_pattern_key text, p_as_of timestamptz
)
returns setof learning.pm_overrides
language sql stable
as $$
    with profile as materialized (
        select learning.judging_profile(p_pattern_key) = 'plan' as is_plan,
            learning.setting(p_pattern_key, 'auto_apply')::boolean as applies
    ),
    judged as materialized (
        select e.* from learning.strength_evidence(p_pattern_key, p_as_of) as e
        where not (select p.is_plan from profile as p)
    )
    select o.*
    from profile as p
    join learning.lessons as l
        on l.lesson_type = 'pm_strength' and l.pattern_key = p_pattern_key
        and l.status = 'active' and l.copy_of is null
    left join judged as e on e.lesson_id = l.id
    cross join lateral (
        select cardinality(learning.scope_items(l.scope_subset)) as depth
    ) as d
    cross join learning.judging_thresholds(d.depth) as t
    cross join lateral (
        select exists (
            select from learning.pm_overrides as w
            where w.pattern_key = p_pattern_key
                and w.action_category = 'pm_strength'
                and w.scope_subset = l.scope_subset
                and w.status = 'active'
                and not w.is_manual
        ) as in_force
    ) as i
    cross join lateral (
        select case
            when not p.applies then 'auto_apply is off'
            when p.is_plan then ''
            when d.depth = 0 then 'it is the whole pattern: there is nothing to beat'
            when not t.may_act then 'slices of so many conditions are only proposed'
            when e.n < t.fewest_changed then 'too few trades'
            when e.wealth < case when i.in_force then t.off_evidence else t.on_evidence end
                or e.z < case when i.in_force then t.off_z else t.on_z end
                then 'its trades do not beat the pattern''s at equal exposure'
            when e.money_z < case when i.in_force then t.off_money_z else t.on_money_z end
                then 'its money is against it'
            when (l.stats ->> 'dir_a')::double precision <= 0
                then 'its trades are better, but it would size them down'
            else ''
        end as reason
    ) as r
    cross join lateral jsonb_populate_record(null::learning.pm_overrides, jsonb_build_object(
        'status', case r.reason when '' then 'active' else 'proposed' end,
        'pattern_key', p_pattern_key,
        'action_category', 'pm_strength',
        'scope_subset', l.scope_subset,
        'delta', 0,
        'dir_a', l.stats -> 'dir_a',
        'dir_e', l.stats -> 'dir_e',
        'confidence_score', l.stats -> 'confidence',
        'edge_raw_roi', l.stats -> 'edge_raw_roi',
        'n', l.n,
        'method', 'strength',
        'solution_id', format('lesson %s strength', l.id),
        'lesson_id', l.id,
        'evidence', jsonb_build_object('reason', r.reason)
    )) as o
$$;
comment on function learning.strength_overrides(text, timestamptz) is
    'Overrides of a pattern''s strength, as rows of pm_overrides without ids.';

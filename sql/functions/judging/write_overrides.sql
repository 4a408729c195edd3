-- Makes the overrides of a method what p_wanted says: creates, changes and removes, leaves alone
-- what is as wanted, and never touches a manual one. Logs every change. Returns the three counts.
create or replace function learning.write_overrides(
    p_run_id bigint, p_method text, p_wanted learning.pm_overrides[]
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_counts jsonb;
begin
    perform set_config('quadrant.run_id', coalesce(p_run_id::text, ''), true);
    with wanted as materialized (
        select w.* from unnest(p_wanted) as w
    ),
    different as materialized (
        select w.*
        from wanted as w
        where not exists (
            select from learning.pm_overrides as o
            where o.pattern_key = w.pattern_key
                and o.action_category = w.action_category
                and o.scope_subset = w.scope_subset
                and o.method = p_method
                and o.status = w.status
                and o.multiplier = w.multiplier
                and o.delta = w.delta
                and o.confidence_score = w.confidence_score
                and o.n = w.n
                and o.solution_id = w.solution_id
                and o.lesson_id is not distinct from w.lesson_id
                and o.evidence = w.evidence
        )
    ),
    removed as (
        delete from learning.pm_overrides as o
        where o.method = p_method
            and not exists (
                select from wanted as w
                where w.pattern_key = o.pattern_key
                    and w.action_category = o.action_category
                    and w.scope_subset = o.scope_subset
            )
            -- A pattern that waits to be counted anew (after an upgrade) has nothing to be judged
            -- by, which is no reason to take an override back.
            and not exists (
                select from learning.mined_patterns as m
                where m.pattern_key = o.pattern_key and m.base_floor is null
            )
        returning o.*
    ),
    written as (
        insert into learning.pm_overrides as o (
            status, pattern_key, action_category, scope_subset, multiplier, delta,
            confidence_score, n, method, solution_id, lesson_id, evidence
        )
        select w.status, w.pattern_key, w.action_category, w.scope_subset, w.multiplier, w.delta,
            w.confidence_score, w.n, p_method, w.solution_id, w.lesson_id, w.evidence
        from different as w
        on conflict (pattern_key, action_category, scope_subset, is_manual) do update
        set status = excluded.status, multiplier = excluded.multiplier, delta = excluded.delta,
            confidence_score = excluded.confidence_score, n = excluded.n,
            method = excluded.method, solution_id = excluded.solution_id,
            lesson_id = excluded.lesson_id, evidence = excluded.evidence,
            last_updated_at = learning.clock()
        returning o.*, xmax = 0 as is_new
    ),
    changes as (
        select case when w.is_new then 'created' else 'changed' end as change, w.id, w.status,
            w.pattern_key, w.action_category, w.scope_subset, w.multiplier, w.delta,
            w.confidence_score
        from written as w
        union all
        select 'removed', r.id, r.status, r.pattern_key, r.action_category, r.scope_subset,
            r.multiplier, r.delta, r.confidence_score
        from removed as r
    ),
    logged as (
        insert into learning.learning_log (run_id, level, event, data)
        select p_run_id, 'INFO', 'Override ' || c.change,
            to_jsonb(c) - 'change' || jsonb_build_object('method', p_method)
        from changes as c
    )
    select jsonb_build_object(
        'created', count(*) filter (where c.change = 'created'),
        'changed', count(*) filter (where c.change = 'changed'),
        'removed', count(*) filter (where c.change = 'removed')
    )
    into v_counts
    from changes as c;
    return v_counts;
end
$$;
comment on function learning.write_overrides(bigint, text, learning.pm_overrides[]) is
    'Creates, changes and removes the overrides of a method until they are as wanted; counts of'
    ' each.';

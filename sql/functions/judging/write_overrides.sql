-- Makes a pattern's overrides of a method what p_wanted says: creates, changes and removes, and
-- never touches a manual one. Unchanged is a row with the same status, pin (null: any), steps and
-- solution: evidence that moves under it is no change (learning.solutions has it); of strength the
-- figures themselves are what is decided. Logs every
-- change, proposals under names of their own. Returns how many overrides in force were created,
-- changed and removed, and how many proposals came, changed or went.
-- Long, for it is one statement: what differs, is removed, written, named, logged and counted.
create or replace function learning.write_overrides(
    p_run_id bigint, p_method text, p_pattern_key text, p_wanted learning.pm_overrides[]
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_counts jsonb;
begin
    -- Most runs want nothing of a method where there is nothing.
    if coalesce(cardinality(p_wanted), 0) = 0 and not exists (
        select from learning.pm_overrides as o
        where o.pattern_key = p_pattern_key and o.method = p_method
    ) then
        return '{"created": 0, "changed": 0, "removed": 0, "proposals": 0}';
    end if;
    perform set_config('quadrant.run_id', coalesce(p_run_id::text, ''), true);
    with wanted as materialized (
        select w.* from unnest(p_wanted) as w
    ),
    present as materialized (
        select o.*
        from learning.pm_overrides as o
        where o.pattern_key = p_pattern_key and not o.is_manual
    ),
    different as materialized (
        select w.*
        from wanted as w
        where not exists (
            select from present as o
            where o.action_category = w.action_category
                and o.scope_subset = w.scope_subset
                and o.method = p_method
                and o.status = w.status
                and o.pinned = coalesce(w.pinned, o.pinned)
                and o.multiplier is not distinct from w.multiplier
                and o.delta = w.delta
                and o.solution_id = w.solution_id
                and (
                    p_method <> 'strength'
                    or (o.dir_a, o.dir_e, o.confidence_score, o.edge_raw_roi, o.n, o.evidence)
                        is not distinct from (
                            w.dir_a, w.dir_e, w.confidence_score, w.edge_raw_roi, w.n, w.evidence
                        )
                )
        )
    ),
    removed as (
        delete from learning.pm_overrides as o
        where o.pattern_key = p_pattern_key
            and o.method = p_method
            and not exists (
                select from wanted as w
                where w.action_category = o.action_category and w.scope_subset = o.scope_subset
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
            status, pinned, pattern_key, action_category, scope_subset, multiplier, delta, dir_a,
            dir_e, edge_raw_roi, confidence_score, n, method, solution_id, lesson_id, evidence
        )
        select w.status, coalesce(w.pinned, false), p_pattern_key, w.action_category,
            w.scope_subset, w.multiplier, w.delta, w.dir_a, w.dir_e, w.edge_raw_roi,
            w.confidence_score, w.n, p_method, w.solution_id, w.lesson_id, w.evidence
        from different as w
        order by w.scope_subset::text collate "C", w.action_category collate "C"  -- ids by slices
        on conflict (pattern_key, action_category, scope_subset, is_manual) do update
        set status = excluded.status, pinned = excluded.pinned, multiplier = excluded.multiplier,
            delta = excluded.delta, dir_a = excluded.dir_a, dir_e = excluded.dir_e,
            edge_raw_roi = excluded.edge_raw_roi, confidence_score = excluded.confidence_score,
            n = excluded.n, method = excluded.method, solution_id = excluded.solution_id,
            lesson_id = excluded.lesson_id, evidence = excluded.evidence,
            last_updated_at = learning.clock()
        returning o.*
    ),
    changes as (
        select to_jsonb(w) as data, p.status as was, w.status as is_now
        from written as w
        left join present as p on p.id = w.id
        union all
        select to_jsonb(r), r.status, null
        from removed as r
    ),
    named as materialized (
        select c.data, case
                when c.is_now = 'active' and c.was = 'active' then 'Override changed'
                when c.is_now = 'active' then 'Override created'
                when c.was = 'active' and c.is_now is null then 'Override removed'
                when c.was = 'active' then 'Override became a proposal'
                when c.is_now is null then 'Proposal withdrawn'
                when c.was is null then 'Override proposed'
                else 'Proposal changed'
            end as event
        from changes as c
    ),
    logged as (
        insert into learning.learning_log (run_id, level, event, data)
        select p_run_id, 'INFO', n.event, (
            select jsonb_object_agg(d.key, d.value)
            from jsonb_each(n.data) as d
            where d.key in (
                'id', 'status', 'pattern_key', 'action_category', 'scope_subset', 'multiplier',
                'delta', 'confidence_score', 'method'
            )
        )
        from named as n
        order by n.data ->> 'scope_subset', n.data ->> 'action_category'
    )
    select jsonb_build_object(
        'created', count(*) filter (where n.event = 'Override created'),
        'changed', count(*) filter (where n.event = 'Override changed'),
        'removed', count(*) filter (
            where n.event in ('Override removed', 'Override became a proposal')
        ),
        'proposals', count(*) filter (
            where n.event in ('Override proposed', 'Proposal changed', 'Proposal withdrawn')
        )
    )
    into v_counts
    from named as n;
    return v_counts;
end
$$;
comment on function learning.write_overrides(bigint, text, text, learning.pm_overrides[]) is
    'Creates, changes and removes a pattern''s overrides of a method until they are as wanted; '
    'counts of each.';

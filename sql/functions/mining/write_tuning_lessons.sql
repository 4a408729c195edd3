-- Turns the slice rates of a pattern with n >= p_n_min into lessons (tuning_rates): rates, Wilson
-- intervals on n_eff, values shrunk toward the parent slice, verdict, latent factor; retires
-- lessons whose slice no longer qualifies. A lesson keeps the scope of its parent in its stats
-- (parent; null: the whole pattern has none) and is recomputed where its evidence, its parent, its
-- parent's evidence or its latent factor changed, or p_all says so. Returns {"lessons",
-- "lessons_changed", "retired"}.
create or replace function learning.write_tuning_lessons(
    p_pattern_key text, p_n_min integer, p_as_of timestamptz, p_run_id bigint, p_all boolean
)
returns jsonb
language plpgsql volatile
set search_path = '' set enable_nestloop = off set enable_memoize = off set jit = off
as $$
declare
    v_shrinkage double precision := learning.setting(p_pattern_key, 'shrinkage_k');
    v_result jsonb;
begin
    with slices as materialized (
        select r as rates, r.n, r.scope_subset,
            p_pattern_key || ' ' || r.scope_subset::text as slice_name,
            concat_ws(
                '/', r.acted_success, r.acted_failure, r.skipped_success, r.skipped_failure,
                r.n_policy, r.weight, r.n_sampled, r.n_valued, r.success_weight, r.evidence
            ) as stamp,
            row(
                r.acted_success, r.acted_failure, r.skipped_success, r.skipped_failure, r.n_policy
            ) as quadrants,
            row_number() over (order by r.depth, r.scope_subset::text collate "C")::integer as place
        from learning.slice_rates as r
        where r.pattern_key = p_pattern_key and r.n >= p_n_min
    ),
    family as materialized (
        select c.place, p.place as parent, p.n as parent_n, c.quadrants = p.quadrants as is_copy
        from (
            select s.place, s.quadrants, s.scope_subset - jsonb_object_keys(s.scope_subset) as above
            from slices as s
        ) as c
        join slices as p on p.scope_subset = c.above
    ),
    parents as (
        select distinct on (f.place) f.place, f.parent
        from family as f
        order by f.place, f.parent_n desc, f.parent
    ),
    factors as (
        select b.place, s.slice_name as latent_factor_id
        from unnest(learning.components(
            (select count(*)::integer from slices),
            (select array_agg(f.place) from family as f where f.is_copy),
            (select array_agg(f.parent) from family as f where f.is_copy)
        )) with ordinality as b (broadest, place)
        join slices as s on s.place = b.broadest
    ),
    kept as materialized (
        select l.id, l.scope_subset, l.evidence_stamp, l.latent_factor_id,
            l.stats -> 'parent' as parent, l.stats ->> 'verdict' as verdict
        from learning.learning_lessons as l
        where l.lesson_type = 'tuning_rates'
            and l.pattern_key = p_pattern_key
            and l.action_category = 'tuning'
            and l.status = 'active'
    ),
    changed as materialized (
        select s.place, s.scope_subset, s.n, s.stamp, f.latent_factor_id,
            l.verdict as verdict_before, s.rates, o.rates as parent_rates
        from slices as s
        join factors as f on f.place = s.place
        left join parents as u on u.place = s.place
        left join slices as o on o.place = u.parent
        left join kept as l on l.scope_subset = s.scope_subset
        left join kept as k on k.scope_subset = o.scope_subset
        where p_all
            or l.evidence_stamp is distinct from s.stamp
            or l.latent_factor_id is distinct from f.latent_factor_id
            or l.parent is distinct from coalesce(o.scope_subset, 'null')
            or k.evidence_stamp is distinct from o.stamp
    ),
    judged as materialized (
        select c.*,
            r.stats || jsonb_build_object('parent', (c.parent_rates).scope_subset) as stats
        from changed as c
        cross join lateral learning.rate_stats(c.rates, c.parent_rates, v_shrinkage) as r
    ),
    written as (
        insert into learning.learning_lessons as l (
            module, lesson_type, pattern_key, scope_subset, n, stats, evidence_stamp,
            latent_factor_id, run_id, updated_at
        )
        select split_part(p_pattern_key, '.', 1), 'tuning_rates', p_pattern_key, j.scope_subset,
            j.n, j.stats, j.stamp, j.latent_factor_id, p_run_id, p_as_of
        from judged as j
        order by j.place
        on conflict (lesson_type, pattern_key, action_category, scope_subset) do update
        set n = excluded.n,
            stats = excluded.stats,
            evidence_stamp = excluded.evidence_stamp,
            latent_factor_id = excluded.latent_factor_id,
            status = 'active',
            run_id = excluded.run_id,
            updated_at = excluded.updated_at
        where (l.n, l.stats, l.evidence_stamp, l.latent_factor_id, l.status) is distinct from (
            excluded.n, excluded.stats, excluded.evidence_stamp, excluded.latent_factor_id, 'active'
        )
        returning l.scope_subset
    ),
    retired as (
        update learning.learning_lessons as l
        set status = 'retired', run_id = p_run_id, updated_at = p_as_of
        from kept as k
        where l.id = k.id
            and not exists (select from slices as s where s.scope_subset = k.scope_subset)
        returning l.scope_subset, l.n
    ),
    logged as (
        insert into learning.learning_log (run_id, level, event, data)
        select p_run_id,
            case when j.verdict_before is distinct from j.stats ->> 'verdict' then 'INFO'
                else 'DEBUG' end,
            'TuningMiner lesson',
            jsonb_build_object(
                'pattern_key', p_pattern_key, 'scope_subset', j.scope_subset, 'n', j.n
            ) || j.stats
        from judged as j
        join written as w on w.scope_subset = j.scope_subset
        union all
        select p_run_id, 'INFO', 'TuningMiner lesson retired',
            jsonb_build_object(
                'pattern_key', p_pattern_key, 'scope_subset', r.scope_subset, 'n', r.n
            )
        from retired as r
    )
    select jsonb_build_object(
        'lessons', (select count(*) from slices),
        'lessons_changed', (select count(*) from written),
        'retired', (select count(*) from retired)
    )
    into v_result;
    return v_result;
end
$$;
comment on function
    learning.write_tuning_lessons(text, integer, timestamptz, bigint, boolean) is
    'Turns a pattern''s slice rates into lessons, touching only what changed; returns counts.';

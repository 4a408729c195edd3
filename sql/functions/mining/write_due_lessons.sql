-- Writes the tuning lessons of a pattern that are due: those of slices with n >= p_n_min whose
-- experiments changed in mining p_mining (p_all: in any), that are missing or retired, or whose
-- latent factor changed. Slices along a parent-child line with the same counts share that of the
-- broadest (ties: the first by its scope's text), which itself has none. Logs lessons that are new
-- or of another verdict. Touches only rows that differ; returns how many.
create or replace function learning.write_due_lessons(
    p_pattern_key text, p_n_min integer, p_as_of timestamptz, p_run_id bigint, p_mining bigint,
    p_all boolean
)
returns bigint
language plpgsql volatile
set search_path = '' set enable_nestloop = off set enable_memoize = off set jit = off
set work_mem = '64MB'
as $$
declare
    v_written bigint;
begin
    with slices as materialized (
        select r.*, l.id, l.scope_subset, l.latent_factor_id, l.verdict as verdict_before, l.status,
            p_all or r.evidence = p_mining or l.status is distinct from 'active' as is_due
        from learning.slice_rates as r
        left join learning.lessons as l
            on l.pattern_key = p_pattern_key and l.slice_key = r.slice_key
        where r.pattern_key = p_pattern_key and r.n >= p_n_min
    ),
    conditions as materialized (
        select k.item, to_json(k.name) || ':' || k.value as condition
        from learning.mining_codes as k
        where k.pattern_key = p_pattern_key
    ),
    decoded as materialized (
        select s.slice_key, o.scope_subset
        from slices as s
        cross join lateral (
            select ('{' || coalesce(string_agg(c.condition, ','), '') || '}')::jsonb as scope_subset
            from string_to_table(s.slice_key, null) as i (item)
            join conditions as c on c.item = i.item
        ) as o
        where s.id is null
    ),
    -- A slice with the counts of a broader one holds the same experiments.
    twins as materialized (
        select s.slice_key, row(
                s.acted_success, s.acted_failure, s.skipped_success, s.skipped_failure, s.n_policy
            ) as quadrants
        from slices as s
        join (
            select s.n, s.weight, s.success_weight
            from slices as s
            group by s.n, s.weight, s.success_weight
            having min(length(s.slice_key)) < max(length(s.slice_key))
        ) as g on g.n = s.n and g.weight = s.weight and g.success_weight = s.success_weight
    ),
    links as materialized (
        select c.slice_key as copy, b.slice_key as original
        from (
            select t.slice_key, t.quadrants,
                left(t.slice_key, i - 1) || substr(t.slice_key, i + 1) as above
            from twins as t
            cross join lateral generate_series(1, length(t.slice_key)) as i
        ) as c
        join twins as b on b.slice_key = c.above and b.quadrants = c.quadrants
    ),
    linked as materialized (
        select o.slice_key, o.scope,
            row_number() over (order by length(o.slice_key), o.scope collate "C")::integer as place
        from (
            select u.slice_key, coalesce(s.scope_subset, d.scope_subset)::text as scope
            from (
                select k.copy as slice_key from links as k union select k.original from links as k
            ) as u
            join slices as s on s.slice_key = u.slice_key
            left join decoded as d on d.slice_key = u.slice_key
        ) as o
    ),
    edges as materialized (
        select array_agg(c.place) as copies, array_agg(o.place) as originals
        from links as k
        join linked as c on c.slice_key = k.copy
        join linked as o on o.slice_key = k.original
    ),
    factors as (
        select c.slice_key, p_pattern_key || ' ' || b.scope as latent_factor_id
        from edges as e
        cross join lateral unnest(learning.components(
            (select count(*)::integer from linked), e.copies, e.originals
        )) with ordinality as f (broadest, place)
        join linked as c on c.place = f.place
        join linked as b on b.place = f.broadest
        where f.broadest <> f.place
    ),
    due as materialized (
        select s.id, s.slice_key, coalesce(s.scope_subset, d.scope_subset) as scope_subset, s.n,
            s.acted_success, s.acted_failure, s.skipped_success, s.skipped_failure,
            s.verdict_before, s.status, f.latent_factor_id,
            learning.lesson_verdict(
                s.acted_success, s.acted_failure, s.skipped_success, s.skipped_failure
            ) as verdict,
            concat_ws(
                '/', s.acted_success, s.acted_failure, s.skipped_success, s.skipped_failure,
                s.n_policy, s.weight, s.n_sampled, s.n_valued, s.success_weight, s.evidence
            ) as evidence_stamp
        from slices as s
        left join decoded as d on d.slice_key = s.slice_key
        left join factors as f on f.slice_key = s.slice_key
        where s.is_due or s.latent_factor_id is distinct from f.latent_factor_id
    ),
    added as (
        insert into learning.lessons (
            module, lesson_type, pattern_key, scope_subset, slice_key, n, verdict, evidence_stamp,
            latent_factor_id, run_id, updated_at
        )
        select split_part(p_pattern_key, '.', 1), 'tuning_rates', p_pattern_key, d.scope_subset,
            d.slice_key, d.n, d.verdict, d.evidence_stamp, d.latent_factor_id, p_run_id, p_as_of
        from due as d
        where d.id is null
        returning slice_key
    ),
    changed as (
        update learning.lessons as l
        set n = d.n,
            verdict = d.verdict,
            evidence_stamp = d.evidence_stamp,
            latent_factor_id = d.latent_factor_id,
            status = 'active',
            run_id = p_run_id,
            updated_at = p_as_of
        from due as d
        where l.id = d.id
            and (l.n, l.verdict, l.evidence_stamp, l.latent_factor_id, l.status) is distinct from (
                d.n, d.verdict, d.evidence_stamp, d.latent_factor_id, 'active'
            )
        returning l.slice_key, d.verdict_before <> l.verdict or d.status <> 'active' as is_news
    ),
    logged as (
        insert into learning.learning_log (run_id, level, event, data)
        select p_run_id, 'INFO', 'TuningMiner lesson', jsonb_build_object(
            'pattern_key', p_pattern_key, 'scope_subset', d.scope_subset, 'n', d.n,
            'verdict', d.verdict,
            'n_acted', d.acted_success + d.acted_failure,
            'n_skipped', d.skipped_success + d.skipped_failure,
            'n_misses', d.skipped_success, 'n_fps', d.acted_failure,
            'wr', d.acted_success / nullif(d.acted_success + d.acted_failure, 0)::float8,
            'mr', d.skipped_success / nullif(d.skipped_success + d.skipped_failure, 0)::float8,
            'pressure', d.skipped_success - d.acted_failure
        )
        from due as d
        join (
            select a.slice_key from added as a
            union all
            select c.slice_key from changed as c where c.is_news
        ) as w on w.slice_key = d.slice_key
    )
    select (select count(*) from added as a) + (select count(*) from changed as c)
    into v_written;
    return v_written;
end
$$;
comment on function
    learning.write_due_lessons(text, integer, timestamptz, bigint, bigint, boolean) is
    'Writes the tuning lessons of a pattern whose slices changed; returns how many rows it touched.';

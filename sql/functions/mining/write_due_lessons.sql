-- Writes the tuning lessons of a pattern that are due: those of slices with n >= p_n_min whose
-- experiments changed in mining p_mining, or that are missing or retired. Touches only rows that
-- differ. Logs lessons that are new or of another verdict. Returns the ids of the lessons it wrote.
create or replace function learning.write_due_lessons(
    p_pattern_key text, p_n_min integer, p_as_of timestamptz, p_run_id bigint, p_mining bigint
)
returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_nestloop = off set enable_memoize = off
set plan_cache_mode = force_generic_plan
set work_mem = '64MB'
as $$
declare
    v_changed bigint[];
    v_news bigint[];
    v_added bigint[];
begin
    with changed as (
        update learning.lessons as l
        set n = d.n, stats = null, verdict = d.verdict, counted_stamp = d.stamp,
            status = 'active', run_id = p_run_id, updated_at = p_as_of
        from (
            select r.n, o.id, o.n as n_before, o.verdict as verdict_before,
                o.status as status_before, o.counted_stamp as stamp_before,
                learning.slice_stamp(r) as stamp,
                learning.lesson_verdict(
                    r.acted_success, r.acted_failure, r.skipped_success, r.skipped_failure
                ) as verdict
            from learning.slice_rates as r
            join learning.lessons as o
                on o.pattern_key = p_pattern_key and o.slice_key = r.slice_key
            where r.pattern_key = p_pattern_key
                and r.n >= p_n_min
                and (r.mining = p_mining or o.status <> 'active')
            offset 0
        ) as d
        where l.id = d.id
            and (d.n_before, d.verdict_before, d.stamp_before, d.status_before)
                is distinct from (d.n, d.verdict, d.stamp, 'active')
        returning l.id, d.verdict_before <> l.verdict or d.status_before <> 'active' as is_news
    )
    select array_agg(c.id), array_agg(c.id) filter (where c.is_news)
    into v_changed, v_news
    from changed as c;

    with conditions as materialized (
        select k.item, to_json(k.name) || ':' || to_json(k.value) as condition
        from learning.mining_codes as k
        where k.pattern_key = p_pattern_key
    ),
    added as (
        insert into learning.lessons (
            module, lesson_type, pattern_key, scope_subset, slice_key, n, verdict, counted_stamp,
            run_id, updated_at
        )
        select split_part(p_pattern_key, '.', 1), 'tuning_rates', p_pattern_key,
            (
                select ('{' || coalesce(string_agg(c.condition, ','), '') || '}')::jsonb
                from string_to_table(r.slice_key, null) as i (item)
                join conditions as c on c.item = i.item
            ),
            r.slice_key, r.n,
            learning.lesson_verdict(
                r.acted_success, r.acted_failure, r.skipped_success, r.skipped_failure
            ),
            learning.slice_stamp(r), p_run_id, p_as_of
        from learning.slice_rates as r
        where r.pattern_key = p_pattern_key
            and r.n >= p_n_min
            and not exists (
                select from learning.lessons as l
                where l.pattern_key = p_pattern_key and l.slice_key = r.slice_key
            )
        returning id
    )
    select array_agg(a.id) into v_added from added as a;

    perform learning.log_lessons(p_run_id, 'TuningMiner lesson', v_added || v_news);
    return v_changed || v_added;
end
$$;
comment on function
    learning.write_due_lessons(text, integer, timestamptz, bigint, bigint) is
    'Writes the tuning lessons of a pattern whose slices changed; returns the ids of those it wrote.';

-- Logs tuning lessons that are new, have another verdict or are retired: a line each (p_event), and
-- where they are more than a thousand (a first mining of many dimensions, another n_min) a line per
-- verdict, with how many it has (p_event and ', many'). Returns how many lines were written.
create or replace function learning.log_lessons(
    p_run_id bigint, p_event text, p_lessons bigint[]
)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_lines bigint;
begin
    if cardinality(p_lessons) > 1000 then
        insert into learning.learning_log (run_id, level, event, data)
        select p_run_id, 'INFO', p_event || ', many', jsonb_build_object(
            'pattern_key', l.pattern_key, 'verdict', l.verdict, 'lessons', count(*),
            'n_from', min(l.n), 'n_to', max(l.n)
        )
        from learning.lessons as l
        where l.id = any (p_lessons)
        group by l.pattern_key, l.verdict;
    else
        insert into learning.learning_log (run_id, level, event, data)
        select p_run_id, 'INFO', p_event, jsonb_build_object(
            'pattern_key', l.pattern_key, 'scope_subset', l.scope_subset, 'n', l.n,
            'verdict', l.verdict,
            'n_acted', r.acted_success + r.acted_failure,
            'n_skipped', r.skipped_success + r.skipped_failure,
            'n_misses', r.skipped_success, 'n_fps', r.acted_failure,
            'wr', r.acted_success / nullif(r.acted_success + r.acted_failure, 0)::float8,
            'mr', r.skipped_success / nullif(r.skipped_success + r.skipped_failure, 0)::float8,
            'pressure', r.skipped_success - r.acted_failure
        )
        from learning.lessons as l
        left join learning.slice_rates as r
            on r.pattern_key = l.pattern_key and r.slice_key = l.slice_key
        where l.id = any (p_lessons)
        order by l.id;
    end if;
    get diagnostics v_lines = row_count;
    return v_lines;
end
$$;
comment on function learning.log_lessons(bigint, text, bigint[]) is
    'Logs lessons that are new, have another verdict or are retired, in short where they are many.';

-- Retires the tuning lessons of a pattern whose slice has fewer than p_n_min experiments by now,
-- with what it counts in the end (where that is not stored, what it counted before, as far as it is
-- known), and logs them.
-- Returns their ids.
create or replace function learning.retire_lessons(
    p_pattern_key text, p_n_min integer, p_as_of timestamptz, p_run_id bigint
)
returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_retired bigint[];
begin
    select array_agg(l.id) into v_retired
    from learning.rate_lessons as l
    left join learning.slice_rates as r
        on r.pattern_key = p_pattern_key and r.slice_key = l.slice_key
    where l.pattern_key = p_pattern_key
        and l.status = 'active'
        and coalesce(r.n, 0) < p_n_min;
    if v_retired is null then
        return null;
    end if;
    update learning.lessons as l
    set status = 'retired', run_id = p_run_id, updated_at = p_as_of,
        n = coalesce((e.slice).n, l.n), verdict = coalesce(e.stats ->> 'verdict', l.verdict),
        stats = coalesce(e.stats, l.stats, '{}')
    from unnest(v_retired) as o (id)
    left join (
        select s.lesson_id, s.slice, s.stats
        from learning.lesson_stats as s
        where s.lesson_id = any (v_retired)
    ) as e on e.lesson_id = o.id
    where l.id = o.id;
    perform learning.log_lessons(p_run_id, 'TuningMiner lesson retired', v_retired);
    return v_retired;
end
$$;
comment on function learning.retire_lessons(text, integer, timestamptz, bigint) is
    'Retires the tuning lessons of a pattern whose slices no longer qualify; returns their ids.';

-- Turns the slices of a pattern with n >= p_n_min into lessons (tuning_rates): typed rows, whose
-- stats are worked out from the slices when they are read. A lesson is written where its slice's
-- experiments changed in mining p_mining or where it is missing (write_due_lessons), or where it
-- becomes or stops being a copy (write_copies); retired, with what its slice counts in the end,
-- where that no longer qualifies. p_anew: the dictionary of the keys was made anew. Logs lessons
-- that are new, retired or of another verdict. Returns {"lessons", "lessons_changed", "retired"}.
create or replace function learning.write_tuning_lessons(
    p_pattern_key text, p_n_min integer, p_as_of timestamptz, p_run_id bigint, p_mining bigint,
    p_anew boolean
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_nestloop = off set enable_memoize = off
set work_mem = '64MB'
as $$
declare
    v_lessons bigint;
    v_retired bigint[];
    v_written bigint[];
    v_copies bigint[];
    v_is_due boolean;
begin
    perform learning.key_lessons(p_pattern_key, p_anew);
    v_retired := learning.retire_lessons(p_pattern_key, p_n_min, p_as_of, p_run_id);
    select count(*), bool_or(
        r.mining = p_mining or l.status is distinct from 'active'
    ) or v_retired is not null
    into v_lessons, v_is_due
    from learning.slice_rates as r
    left join learning.lessons as l
        on l.pattern_key = p_pattern_key and l.slice_key = r.slice_key
    where r.pattern_key = p_pattern_key and r.n >= p_n_min;
    if v_is_due then
        v_written := learning.write_due_lessons(
            p_pattern_key, p_n_min, p_as_of, p_run_id, p_mining
        );
        v_copies := learning.write_copies(p_pattern_key, p_n_min, p_as_of, p_run_id);
    end if;
    return jsonb_build_object(
        'lessons', v_lessons,
        'lessons_changed', (
            select count(*) from (select unnest(v_written) union select unnest(v_copies)) as w
        ),
        'retired', coalesce(cardinality(v_retired), 0)
    );
end
$$;
comment on function
    learning.write_tuning_lessons(text, integer, timestamptz, bigint, bigint, boolean) is
    'Turns a pattern''s slice rates into lessons, touching only what changed; returns counts.';

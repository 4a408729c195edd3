-- Gives the tuning lessons of a pattern the keys their scopes have in its dictionary, none where a
-- condition has no code; p_anew false: only those that have none yet (retired ones of a value that
-- had no code). Touches only keys that differ; returns how many.
create or replace function learning.key_lessons(p_pattern_key text, p_anew boolean)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_nestloop = off
set plan_cache_mode = force_generic_plan
as $$
declare
    v_keyed bigint;
begin
    with keyed as (
        select l.id, case when count(e.name) = count(k.item)
                then coalesce(string_agg(k.item, '' order by k.place), '') end as slice_key
        from learning.rate_lessons as l
        left join lateral jsonb_each_text(l.scope_subset) as e (name, value) on true
        left join learning.mining_codes as k
            on k.pattern_key = p_pattern_key and k.name = e.name and k.value = e.value
        where l.pattern_key = p_pattern_key
            and (p_anew or l.slice_key is null)
        group by l.id
    )
    update learning.lessons as l
    set slice_key = k.slice_key
    from keyed as k
    where l.id = k.id and l.slice_key is distinct from k.slice_key;
    get diagnostics v_keyed = row_count;
    return v_keyed;
end
$$;
comment on function learning.key_lessons(text, boolean) is
    'Brings the slice keys of a pattern''s tuning lessons in line with its dictionary; returns how many changed.';

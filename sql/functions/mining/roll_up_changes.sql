-- What merge_changes does, of any number of changes: a signed cube of these contributions alone
-- (changed_counts), rolled up some dimensions at a time (roll_up_steps). Returns how many stored
-- slices changed.
create or replace function learning.roll_up_changes(
    p_pattern_key text, p_gone learning.mining_contributions[],
    p_came learning.mining_contributions[], p_mining bigint
)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_nestloop = on set enable_mergejoin = off
set work_mem = '64MB'
as $$
declare
    v_counts text[] := array(
        select a.attname
        from pg_attribute as a
        where a.attrelid = 'learning.slice_counts'::regclass and a.attname <> 'slice_key'
        order by a.attnum
    );
    v_dims integer := (select count(*) from learning.mined_dimensions(p_pattern_key));
    v_max_dims integer := learning.max_dims(p_pattern_key);
    v_limits record;
    v_at_once integer;
    v_changed bigint;
begin
    select m.* into v_limits from learning.mining_limits() as m;
    if coalesce(cardinality(p_gone), 0) + coalesce(cardinality(p_came), 0)
        > v_limits.many_changes
    then
        set local enable_nestloop = off;
    end if;
    v_max_dims := case when v_max_dims < v_dims then v_max_dims end;
    v_at_once := case when v_max_dims <= v_limits.shallow_dims then v_limits.shallow_step
        else v_limits.deep_step end;
    execute format(
        $sql$
            with s0 as (
                select '' as slice_key, c.items as rest, %s
                from learning.changed_counts($1, $2, $3) as c
            )%s
            update learning.slice_rates as r
            set %s, mining = $4
            from s%s as d
            where r.pattern_key = $1 and r.slice_key = d.slice_key
        $sql$,
        (select string_agg(format('c.%I', n), ', ') from unnest(v_counts) as n),
        learning.roll_up_steps(v_counts, v_dims, v_at_once, v_max_dims),
        (
            select string_agg(format('%1$I = r.%1$I + coalesce(d.%1$I, 0)::bigint', n), ', ')
            from unnest(v_counts) as n
        ),
        ceil(v_dims / v_at_once::numeric)
    ) using p_pattern_key, p_gone, p_came, p_mining;
    get diagnostics v_changed = row_count;
    return v_changed;
end
$$;
comment on function learning.roll_up_changes(
    text, learning.mining_contributions[], learning.mining_contributions[], bigint
) is 'Merges contributions into the stored slices by rolling them up; returns how many changed.';

-- Extends a pattern's dictionary by the values of its enabled dimensions that p_floor experiments
-- have; p_anew: makes it anew (the keys of its slices lose their meaning). A dimension with many
-- values comes first in a key: there the search narrows most. Returns the number of new codes.
create or replace function learning.code_values(
    p_pattern_key text, p_floor integer, p_anew boolean
)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_columns text;
    v_names text;
    v_values text;
    v_sets text;
    v_coded bigint;
begin
    if p_anew then
        delete from learning.mining_codes as k where k.pattern_key = p_pattern_key;
    end if;
    select string_agg(format('c.scope ->> %L as v%s', d.name, d.ordinal), ', '),
        string_agg(format('when v.v%s is not null then %L', d.ordinal, d.name), ' '),
        string_agg(format('v.v%s', d.ordinal), ', '),
        string_agg(format('(v.v%s)', d.ordinal), ', ')
    into v_columns, v_names, v_values, v_sets
    from (
        select s.name, row_number() over (order by s.ordinal) as ordinal
        from learning.scope_dimensions as s
        where s.enabled
    ) as d;
    if v_columns is null then
        return 0;
    end if;
    execute format($sql$
        with frequent as (
            select case %1$s end as name, coalesce(%2$s) as value
            from (
                select %3$s
                from learning.mining_contributions as c
                where c.pattern_key = $1 and c.quadrant <> 'policy'
                offset 0
            ) as v
            group by grouping sets (%4$s)
            having coalesce(%2$s) is not null and count(*) >= $2
        ),
        unknown as (
            select f.name, f.value, count(*) over (partition by f.name) as n_values
            from frequent as f
            where not exists (
                select from learning.mining_codes as k
                where k.pattern_key = $1 and k.name = f.name and k.value = f.value
            )
        ),
        known as (
            select k.name, k.place, max(k.code) as last_code, sum(count(*)) over () as n
            from learning.mining_codes as k
            where k.pattern_key = $1
            group by k.name, k.place
        ),
        places as (
            select u.name,
                coalesce(k.place, (select coalesce(max(o.place), 0) from known as o) + row_number()
                    over (partition by k.place is null order by u.n_values desc, u.name)) as place,
                coalesce(k.last_code, 0) as last_code
            from (select distinct u.name, u.n_values from unknown as u) as u
            left join known as k on k.name = u.name
        )
        insert into learning.mining_codes (pattern_key, name, value, place, code, item)
        select $1, n.name, n.value, n.place, n.code,
            -- From '1' on; what UTF-8 keeps free (55296 to 57343) is passed over.
            chr((n.number + case when n.number < 55296 then 0 else 2048 end)::integer)
        from (
            select u.name, u.value, p.place,
                p.last_code + row_number() over (partition by u.name order by u.value) as code,
                48 + coalesce((select max(o.n) from known as o), 0)
                    + row_number() over (order by p.place, u.value) as number
            from unknown as u
            join places as p on p.name = u.name
        ) as n
    $sql$, v_names, v_values, v_columns, v_sets)
    using p_pattern_key, p_floor;
    get diagnostics v_coded = row_count;
    return v_coded;
end
$$;
comment on function learning.code_values(text, integer, boolean) is
    'Gives codes to the scope values that enough experiments of the pattern have; returns how many.';

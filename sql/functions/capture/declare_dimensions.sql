-- Registers keys of scopes (words of 50 characters at most) as dimensions and has them mined from
-- now on, for every pattern whose scopes have them. Returns those that were not mined before.
-- QD014 for what is no word.
create or replace function learning.declare_dimensions(p_names text[])
returns text[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_odd text := (
        select coalesce(n.name, 'null')
        from unnest(p_names) as n (name)
        where coalesce(n.name !~ '^[a-z][a-z0-9_]{0,49}$', true)
        limit 1
    );
    v_new text[];
begin
    if v_odd is not null then
        raise exception using
            errcode = 'QD014',
            message = format('a scope dimension is no word: %L', left(v_odd, 100)),
            hint = 'Lower case, digits and underscores, as the key in scopes: pair.';
    end if;
    with declared as (
        insert into learning.scope_dimensions as d (name, ordinal, enabled)
        select w.name, (select max(o.ordinal) from learning.scope_dimensions as o) + w.place, true
        from (
            select n.name, row_number() over (order by min(n.place))::integer as place
            from unnest(p_names) with ordinality as n (name, place)
            group by n.name
        ) as w
        on conflict (name) do update set enabled = true where not d.enabled
        returning d.name, d.ordinal
    )
    select coalesce(array_agg(c.name order by c.ordinal), '{}') into v_new from declared as c;
    if v_new <> '{}' then
        perform learning.log(
            'INFO', 'Scope dimensions mined', jsonb_build_object('dimensions', v_new)
        );
    end if;
    return v_new;
end
$$;
comment on function learning.declare_dimensions(text[]) is
    'Registers scope keys and has them mined; returns those that were not mined before.';

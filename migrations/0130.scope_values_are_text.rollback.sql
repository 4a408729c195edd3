-- What was counted with values as texts is counted anew with values as they were told.
truncate learning.slice_rates, learning.mining_contributions;
delete from learning.mining_codes;
update learning.mined_patterns set configuration = '', base_floor = null;
alter table learning.mining_codes alter column value type jsonb using to_jsonb(value);
comment on column learning.mining_codes.value is null;
drop trigger write_scope_canonically on learning.pm_overrides;
drop function learning.write_scope_canonically();
create or replace function learning.scope_items(p_scope jsonb) returns text[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(i.item order by i.item), '{}')
    from pg_catalog.jsonb_each(p_scope) as e
    cross join lateral (
        select (
            e.key || '=' || case pg_catalog.jsonb_typeof(e.value)
                when 'number' then pg_catalog.trim_scale(e.value::numeric)::text
                else e.value #>> '{}'
            end
        ) collate "C" as item
    ) as i
$$;
comment on function learning.scope_items(jsonb) is 'The scope''s key=value items, sorted bytewise.';
-- The items of keys with = or \ are made again.
update learning.pm_overrides set scope_subset = scope_subset
where items <> learning.scope_items(scope_subset);
drop function learning.canonical_scope(jsonb);
drop function learning.scope_of_texts(jsonb);
drop function learning.scope_value(jsonb);

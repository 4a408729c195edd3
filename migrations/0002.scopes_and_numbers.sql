-- What checks and generated columns of the tables call: no table can be made without these, and
-- what is stored was made by them: they are changed by migrations, not deployed with sql/.
set role quadrant_owner;

-- Is this scope an object of plain values (no nulls, objects or arrays inside)? One expression,
-- which the planner puts in place: no call per row.
create function learning.is_scope(p_scope jsonb) returns boolean
language sql immutable parallel safe
as $$
    select case when jsonb_typeof(p_scope) = 'object' then not p_scope operator(pg_catalog.@?)
        'strict $.* ? (@.type() == "null" || @.type() == "object" || @.type() == "array")'
    else false end
$$;
comment on function learning.is_scope(jsonb) is
    'True for an object whose values are strings, numbers or booleans.';

-- A scope as sorted key=value items: what containment look-ups compare. The = that ends the key is
-- the first without a backslash before it, so {"a=b": "c"} and {"a": "b=c"} are two items. Views
-- call it in their reader's name, who may not look learning up: it names none of ours, and writes
-- learning.scope_value() out.
create function learning.scope_items(p_scope jsonb) returns text[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(i.item order by i.item), '{}')
    from jsonb_each(p_scope) as e
    cross join lateral (
        select (
            replace(replace(e.key, '\', '\\'), '=', '\=') || '=' || case jsonb_typeof(e.value)
                when 'number' then trim_scale(e.value::numeric)::text else e.value #>> '{}' end
        ) collate "C" as item
    ) as i
$$;
comment on function learning.scope_items(jsonb) is
    'The scope''s key=value items, sorted bytewise; = and \ of a key are written \= and \\.';

-- 64 bits, one or more per item: a subset's bits are a subset of its superset's.
create function learning.scope_signature(p_items text[]) returns bigint
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        bit_or(1::bigint << (get_byte(decode(md5(i.item), 'hex'), 0) % 64)), 0
    )
    from unnest(p_items) as i (item)
$$;
comment on function learning.scope_signature(text[]) is
    'OR of one bit per item (md5 byte modulo 64): rejects most non-subsets with one AND.';

-- Neither NaN nor infinite; null is.
create function learning.is_finite(p_number double precision) returns boolean
language sql immutable parallel safe
as $$
    select p_number is null or (p_number > '-infinity' and p_number < 'infinity')
$$;
comment on function learning.is_finite(double precision) is
    'True for null and for every number that is neither NaN nor infinite.';
reset role;

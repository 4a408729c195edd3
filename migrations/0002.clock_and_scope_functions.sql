-- What defaults, checks, generated columns and triggers use: fixed signatures, so not in sql/.
set role quadrant_owner;

create table learning.clock_setting (
    only_row boolean primary key default true,
    set_to timestamptz,
    constraint clock_has_one_row check (only_row)
);
comment on table learning.clock_setting is 'One row: the time replay or a test has set, or null for the server''s clock.';
comment on column learning.clock_setting.set_to is 'The time learning.clock() answers (UTC); null: the server''s own.';
insert into learning.clock_setting default values;

-- The one clock: the time that was set, else the start of the current transaction.
create function learning.clock() returns timestamptz
language sql stable parallel safe security definer
set search_path = ''
as $$
    select coalesce((select c.set_to from learning.clock_setting as c), pg_catalog.now())
$$;
comment on function learning.clock() is 'The time every session, job and worker goes by: the set time, else the server''s.';

-- A scope as sorted key=value items: what containment look-ups compare.
create function learning.scope_items(p_scope jsonb) returns text[]
language sql immutable parallel safe
set search_path = ''
as $$
    select coalesce(
        array_agg((e.key || '=' || e.value) collate "C" order by (e.key || '=' || e.value) collate "C"),
        '{}'
    )
    from pg_catalog.jsonb_each_text(p_scope) as e
$$;
comment on function learning.scope_items(jsonb) is 'The scope''s key=value items, sorted bytewise.';

-- 64 bits, one or more per item: a subset's bits are a subset of its superset's.
create function learning.scope_signature(p_items text[]) returns bigint
language sql immutable parallel safe
set search_path = ''
as $$
    select coalesce(
        bit_or(1::bigint << (get_byte(decode(md5(i.item), 'hex'), 0) % 64)), 0
    )
    from unnest(p_items) as i (item)
$$;
comment on function learning.scope_signature(text[]) is 'OR of one bit per item (md5 byte modulo 64): rejects most non-subsets with one AND.';

-- Is this scope an object of plain values (no nulls, objects or arrays inside)?
create function learning.is_scope(p_scope jsonb) returns boolean
language sql immutable parallel safe
set search_path = ''
as $$
    select case when jsonb_typeof(p_scope) = 'object' then not exists (
        select from jsonb_each(p_scope) as e
        where jsonb_typeof(e.value) in ('null', 'object', 'array')
    ) else false end
$$;
comment on function learning.is_scope(jsonb) is 'True for an object whose values are strings, numbers or booleans.';

-- Neither NaN nor infinite; null is.
create function learning.is_finite(p_number double precision) returns boolean
language sql immutable parallel safe
as $$
    select p_number is null or (p_number > '-infinity' and p_number < 'infinity')
$$;
comment on function learning.is_finite(double precision) is 'True for null and for every number that is neither NaN nor infinite.';
reset role;

-- A scope value is compared as text, numbers in canonical form: 1, 1.0 and "1" are one value, true
-- and "true" another. The canonical scope has every value as that text; it is how lessons and
-- overrides are stored and how experiments are counted.
set role quadrant_owner;

create function learning.scope_value(p_value jsonb) returns text
language sql immutable parallel safe
as $$
    select case jsonb_typeof(p_value)
        when 'number' then trim_scale(p_value::numeric)::text else p_value #>> '{}' end
$$;
comment on function learning.scope_value(jsonb) is
    'A scope value as the text it is compared as: numbers without trailing zeros; null for null.';

create function learning.scope_of_texts(p_scope jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_object_agg(e.key, case
        when jsonb_typeof(e.value) in ('number', 'boolean')
            then to_jsonb(learning.scope_value(e.value))
        else e.value
    end)
    from jsonb_each(p_scope) as e
$$;
comment on function learning.scope_of_texts(jsonb) is
    'A scope with its numbers and booleans as texts: the part of learning.canonical_scope() that is not for every row.';

-- One expression, which the planner puts in place: most scopes hold texts alone.
create function learning.canonical_scope(p_scope jsonb) returns jsonb
language sql immutable parallel safe
as $$
    select case when p_scope operator(pg_catalog.@?)
            'strict $.* ? (@.type() == "number" || @.type() == "boolean")'
        then learning.scope_of_texts(p_scope) else p_scope end
$$;
comment on function learning.canonical_scope(jsonb) is
    'The scope with every value as the text it is compared as: equal scopes are equal jsonb.';

-- The = that ends the key is the first without a backslash before it, so {"a=b": "c"} and
-- {"a": "b=c"} are two items. Views call it in their reader's name, who may not look learning up:
-- it names none of ours, and writes learning.scope_value() out.
create or replace function learning.scope_items(p_scope jsonb) returns text[]
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

create function learning.write_scope_canonically() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    new.scope_subset := learning.canonical_scope(new.scope_subset);
    return new;
end
$$;
comment on function learning.write_scope_canonically() is
    'Trigger: an override''s scope_subset is stored in canonical form, so 1 and "1" are one slice.';

-- Overrides of one lever in one slice become one: the one in force, the better one.
delete from learning.pm_overrides as o
using (
    select w.id, row_number() over (
            partition by w.pattern_key, w.action_category, w.is_manual,
                learning.canonical_scope(w.scope_subset)
            order by w.status = 'active' desc, w.pinned desc, w.confidence_score desc, w.n desc,
                w.last_updated_at desc, w.id
        ) as place
    from learning.pm_overrides as w
) as r
where r.id = o.id and r.place > 1;
do $items$
declare
    v_id bigint;
begin
    for v_id in
        select o.id
        from learning.pm_overrides as o
        where o.scope_subset <> learning.canonical_scope(o.scope_subset)
            or o.items <> learning.scope_items(o.scope_subset)
    loop
        begin
            update learning.pm_overrides as o
            set scope_subset = learning.canonical_scope(o.scope_subset)
            where o.id = v_id;
        exception
            when check_violation then
                raise warning 'override % stays as it is: %', v_id, sqlerrm;
        end;
    end loop;
end
$items$;
create trigger write_scope_canonically
    before insert or update on learning.pm_overrides
    for each row execute function learning.write_scope_canonically();

-- Patterns in which values become one are counted anew; their lessons of one slice become one.
create temporary table recounted on commit drop as
select k.pattern_key
from learning.mining_codes as k
where jsonb_typeof(k.value) <> 'string'
union
select l.pattern_key
from learning.lessons as l
where l.scope_subset <> learning.canonical_scope(l.scope_subset)
union
select c.pattern_key
from learning.mining_contributions as c
where c.scope <> learning.canonical_scope(c.scope);
delete from learning.slice_rates as s
using recounted as r
where s.pattern_key = r.pattern_key;
delete from learning.mining_contributions as c
using recounted as r
where c.pattern_key = r.pattern_key;
delete from learning.mining_codes as k
using recounted as r
where k.pattern_key = r.pattern_key;
update learning.mined_patterns as m
set configuration = '', base_floor = null
from recounted as r
where m.pattern_key = r.pattern_key;

create temporary table twin_lessons on commit drop as
select l.id, first_value(l.id) over (
        partition by l.lesson_type, l.pattern_key, l.action_category,
            learning.canonical_scope(l.scope_subset)
        order by l.status = 'active' desc, l.n desc, l.id
    ) as kept
from learning.lessons as l
join recounted as r on r.pattern_key = l.pattern_key;
update learning.pm_overrides as o
set lesson_id = t.kept
from twin_lessons as t
where t.id = o.lesson_id and t.id <> t.kept;
delete from learning.lessons as l
using twin_lessons as t
where t.id = l.id and t.id <> t.kept;
update learning.lessons as l
set scope_subset = learning.canonical_scope(l.scope_subset)
where l.scope_subset <> learning.canonical_scope(l.scope_subset);

alter table learning.mining_codes alter column value type text using value #>> '{}';
comment on column learning.mining_codes.value is 'The value as learning.scope_value() writes it.';
reset role;

-- Can a window lie in both slices? No dimension may have two values.
create or replace function learning.slices_overlap(p_one jsonb, p_other jsonb)
returns boolean
language sql immutable parallel safe
as $$
    select not exists (
        select
        from jsonb_each(p_one) as o
        join jsonb_each(p_other) as t on t.key = o.key
        where t.value <> o.value
    )
$$;
comment on function learning.slices_overlap(jsonb, jsonb) is
    'True unless some dimension has different values in the two scopes.';

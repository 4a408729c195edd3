create or replace function learning.is_scope(p_scope jsonb) returns boolean
language sql immutable parallel safe
set search_path = ''
as $$
    select case when jsonb_typeof(p_scope) = 'object' then not exists (
        select from jsonb_each(p_scope) as e
        where jsonb_typeof(e.value) in ('null', 'object', 'array')
    ) else false end
$$;

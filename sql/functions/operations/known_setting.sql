-- A setting's row in the registry as one object, without what is null in it. With a constant name
-- it is worked out once, when a query is planned. Null where there is no such setting.
create or replace function learning.known_setting(p_name text)
returns jsonb
language plpgsql immutable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select jsonb_strip_nulls(to_jsonb(s))
        from learning.known_settings() as s
        where s.name = p_name
    );
end
$$;
comment on function learning.known_setting(text) is
    'A setting''s row in the registry as an object; null where there is none.';

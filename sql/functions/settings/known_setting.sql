-- What reading a setting takes, from its row in the registry (settings_by_name). Null where there
-- is no such setting.
create or replace function learning.known_setting(p_name text)
returns jsonb
language plpgsql immutable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return learning.settings_by_name() -> p_name;
end
$$;
comment on function learning.known_setting(text) is
    'What reading a setting takes, as an object; null where there is none.';

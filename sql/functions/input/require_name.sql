-- The name given as an argument, if it is one: QD006 for null and nothing, QD041 beyond 200
-- characters.
create or replace function learning.require_name(p_name text, p_argument text)
returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(p_name, '') = '' then
        raise exception using
            errcode = 'QD006', message = format('%s is missing', p_argument),
            hint = 'It is a name of 1 to 200 characters.';
    end if;
    return learning.read_text(to_jsonb(p_name), p_argument);
end
$$;
comment on function learning.require_name(text, text) is
    'Answers a name given as an argument; QD006 where there is none, QD041 where it is too long.';

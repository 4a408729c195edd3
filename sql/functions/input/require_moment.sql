-- The moment given as an argument; QD006 for null.
create or replace function learning.require_moment(p_at timestamptz, p_argument text)
returns timestamptz
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_at is null then
        raise exception using
            errcode = 'QD006', message = format('%s is missing', p_argument),
            hint = 'It is a moment, as in 2026-01-15T10:09:00+00:00.';
    end if;
    return p_at;
end
$$;
comment on function learning.require_moment(timestamptz, text) is
    'Answers a moment given as an argument; QD006 for null.';

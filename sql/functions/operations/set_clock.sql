-- Sets the time learning.clock() answers to everybody, until it is set again or reset. Only members
-- of quadrant_owner (replay, operators) may: QD010.
create or replace function learning.set_clock(p_at timestamptz)
returns timestamptz
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if not pg_has_role(current_user, 'quadrant_owner', 'member') then
        raise exception using
            errcode = 'QD010',
            message = 'only the owner may move the clock',
            hint = 'Connect as a member of quadrant_owner.';
    end if;
    update learning.clock_setting set set_to = p_at where set_to is distinct from p_at;
    return p_at;
end
$$;
comment on function learning.set_clock(timestamptz) is
    'Sets the learning clock (UTC) for every session; QD010 unless the caller is the owner.';

-- A number from 0 to 1, as it is. QD006 where there is none, QD046 outside (NaN too).
create or replace function learning.require_share(p_value double precision, p_name text)
returns double precision
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_value between 0 and 1 then
        return p_value;
    end if;
    raise exception using
        errcode = case when p_value is null then 'QD006' else 'QD046' end,
        message = case
            when p_value is null then format('%s is missing', p_name)
            else format('%s is %s, not from 0 to 1', p_name, p_value)
        end,
        hint = 'A and E are numbers from 0 to 1; 0.5 is neutral.',
        column = lower(p_name);
end
$$;
comment on function learning.require_share(double precision, text) is
    'Answers a number from 0 to 1; QD006 where there is none, QD046 outside.';

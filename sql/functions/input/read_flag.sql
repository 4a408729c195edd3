-- A yes or no of an imported row: true or false; false when absent. QD014 for anything else.
create or replace function learning.read_flag(p_value jsonb, p_field text)
returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_value is not null and jsonb_typeof(p_value) not in ('boolean', 'null') then
        raise exception using
            errcode = 'QD014',
            message = format('%s is neither true nor false: %s', p_field, left(p_value::text, 100)),
            hint = 'Write true or false, without quotes.',
            column = p_field;
    end if;
    return coalesce(nullif(p_value, 'null')::boolean, false);
end
$$;
comment on function learning.read_flag(jsonb, text) is
    'A yes or no of an imported row, false when absent; QD014 for anything else.';

-- A yes or no of an imported row (true, false, yes, no, 1, 0) from its text; false when empty.
-- QD014 for anything else.
create or replace function learning.import_flag(p_value text, p_field text)
returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return coalesce(nullif(p_value, '')::boolean, false);
exception
    when invalid_text_representation then
        raise exception using
            errcode = 'QD014',
            message = format('%s is neither true nor false: %L', p_field, left(p_value, 100));
end
$$;
comment on function learning.import_flag(text, text) is
    'A yes or no of an imported row, false when absent; QD014 for anything else.';

-- Raises QD006 for the first of the fields (p_names) that has no value: null or empty in p_values,
-- which stand in the same order. p_hint says what a row of this kind has.
create or replace function learning.require_fields(p_names text[], p_values text[], p_hint text)
returns void
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    for i in 1 .. cardinality(p_names) loop
        if coalesce(p_values[i], '') = '' then
            raise exception using
                errcode = 'QD006', message = format('%s is missing', p_names[i]), hint = p_hint,
                column = p_names[i];
        end if;
    end loop;
end
$$;
comment on function learning.require_fields(text[], text[], text) is
    'Raises QD006 for the first field without a value.';

-- The row, if it is an object of fields that everything behind it can read: QD014 otherwise, QD041
-- where it is nested more than 30 levels deep.
create or replace function learning.import_object(p_row jsonb)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    if jsonb_typeof(p_row) is distinct from 'object' then
        raise exception using
            errcode = 'QD014', message = 'the row is not an object of fields',
            detail = format('It is of type %s.', coalesce(jsonb_typeof(p_row), 'null'));
    end if;
    if p_row @? '$.**{31}' then
        raise exception using
            errcode = 'QD041', message = 'the row is nested more than 30 levels deep';
    end if;
    return p_row;
end
$$;
comment on function learning.import_object(jsonb) is
    'Answers the row; raises QD014 unless it is an object of fields, QD041 where it is too deep.';

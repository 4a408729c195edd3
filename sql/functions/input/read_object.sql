-- The row of a kind, if it is an object of fields of that kind (learning.known_fields) that
-- everything behind it can read: QD014 otherwise, QD041 where it is nested more than 30 levels
-- deep.
create or replace function learning.read_object(p_row jsonb, p_kind text)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    v_known text[] := learning.known_fields(p_kind);
    v_odd text;
begin
    if jsonb_typeof(p_row) is distinct from 'object' then
        raise exception using
            errcode = 'QD014', message = 'the row is not an object of fields',
            detail = format('It is of type %s.', coalesce(jsonb_typeof(p_row), 'null')),
            hint = format('Fields are %s.', array_to_string(v_known, ', '));
    end if;
    if p_row @? '$.**{31}' then
        raise exception using
            errcode = 'QD041', message = 'the row is nested more than 30 levels deep';
    end if;
    if not p_row - v_known = '{}' then
        v_odd := (select k.key from jsonb_object_keys(p_row - v_known) as k (key) limit 1);
        raise exception using
            errcode = 'QD014',
            message = format('%s is no field', quote_literal(left(v_odd, 100))),
            hint = format('Fields are %s.', array_to_string(v_known, ', ')),
            column = v_odd;
    end if;
    return p_row;
end
$$;
comment on function learning.read_object(jsonb, text) is
    'Answers the row; QD014 unless it is an object of fields of its kind, QD041 where it is too deep.';

-- The slice a person names, in canonical form. QD004 unless it is an object of plain values, QD011
-- for a key that is no scope dimension.
create or replace function learning.person_scope(p_scope jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_scope jsonb := learning.canonical_scope(learning.require_scope(coalesce(p_scope, '{}')));
    v_unknown text;
begin
    select string_agg(format('%L', left(k.key, 100)), ', ') into v_unknown
    from jsonb_object_keys(v_scope) as k (key)
    where not exists (select from learning.scope_dimensions as d where d.name = k.key);
    if v_unknown is null then
        return v_scope;
    end if;
    raise exception using
        errcode = 'QD011',
        message = format('unknown scope dimension %s', v_unknown),
        hint = 'Dimensions are ' || (
            select string_agg(d.name, ', ' order by d.ordinal) from learning.scope_dimensions as d
        ) || '.';
end
$$;
comment on function learning.person_scope(jsonb) is
    'The slice a person names, in canonical form; QD004, QD011.';

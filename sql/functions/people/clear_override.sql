-- Takes back what was set by hand in a slice of a pattern, in a person's name (null: the database's
-- user): the gates named, or all (null). Returns the overrides that were removed. Raises QD001,
-- QD004, QD011, QD092, and QD094 where nothing was set by hand.
create or replace function learning.clear_override(
    p_pattern_key text, p_scope jsonb, p_gates text[] default null, p_by text default null
)
returns setof learning.pm_overrides
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_by text := learning.acting_person(p_by);
    v_key text := learning.canonical_pattern_key(p_pattern_key);
    v_scope jsonb := learning.person_scope(p_scope);
    v_categories text[];
begin
    if p_gates is not null then
        v_categories := array(
            select g.action_category from learning.person_gates(v_key, p_gates) as g
        );
    end if;
    return query
    delete from learning.pm_overrides as o
    where o.pattern_key = v_key
        and o.scope_subset = v_scope
        and o.is_manual
        and (v_categories is null or o.action_category = any (v_categories))
    returning o.*;
    if not found then
        raise exception using
            errcode = 'QD094',
            message = format('nothing was set by hand in %s of %s', v_scope, v_key),
            hint = coalesce('It was in ' || (
                select string_agg(distinct o.scope_subset::text, ', ')
                from learning.pm_overrides as o
                where o.pattern_key = v_key and o.is_manual
            ) || '.', 'quadrant override list shows what is in force.');
    end if;
    perform learning.log('INFO', 'Override cleared', jsonb_strip_nulls(jsonb_build_object(
        'pattern_key', v_key, 'scope_subset', v_scope, 'gates', to_jsonb(p_gates), 'by', v_by
    )));
end
$$;
comment on function learning.clear_override(text, jsonb, text[], text) is
    'Removes what was set by hand in a slice, in a person''s name; QD092, QD094.';

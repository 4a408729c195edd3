-- The gates of a pattern that a person names, in their order. QD092 for a pattern without gates or
-- a gate that is none of its.
create or replace function learning.person_gates(p_pattern_key text, p_gates text[])
returns setof learning.gates
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_known text := (
        select string_agg(g.gate, ', ' order by g.ordinal)
        from learning.gates as g
        where g.pattern_key = p_pattern_key
    );
    v_unknown text := (
        select string_agg(format('%L', left(u.gate, 100)), ', ')
        from unnest(p_gates) as u (gate)
        where not exists (
            select from learning.gates as g
            where g.pattern_key = p_pattern_key and g.gate = u.gate
        )
    );
begin
    if v_known is null then
        raise exception using
            errcode = 'QD092',
            message = format('%s has no gates', p_pattern_key),
            hint = 'Patterns with gates are ' || (
                select string_agg(distinct g.pattern_key, ', ') from learning.gates as g
            ) || '.';
    elsif v_unknown is not null then
        raise exception using
            errcode = 'QD092',
            message = format('%s has no gate %s', p_pattern_key, v_unknown),
            hint = format('Its gates are %s.', v_known);
    end if;
    return query
    select g.*
    from learning.gates as g
    where g.pattern_key = p_pattern_key and g.gate = any (p_gates)
    order by g.ordinal;
end
$$;
comment on function learning.person_gates(text, text[]) is
    'The gates of a pattern that a person names; QD092 where one is none of its.';

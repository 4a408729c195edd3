-- The actions of a closed trade in one shape, objects of action, pattern_key (canonical) and scope:
-- from words or such objects; what one leaves out is the trade's own. Actions without any pattern
-- are left out. QD014 for what is no action of ours, QD001, QD004, QD007 and QD041 for what is in
-- one.
create or replace function learning.checked_actions(
    p_actions jsonb, p_pattern_key text, p_scope jsonb
)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from jsonb_array_elements(p_actions) as a (item)
        where coalesce(
            case when jsonb_typeof(a.item) = 'string' then a.item #>> '{}'
                else a.item ->> 'action' end,
            ''
        ) not in ('entry', 'add', 'trim', 'exit')
            or jsonb_typeof(a.item) = 'object'
                and a.item - '{action,pattern_key,scope}'::text[] <> '{}'
    ) then
        raise exception using
            errcode = 'QD014',
            message = 'an action is none of ours',
            hint = 'Actions are entry, add, trim, exit, or objects of action, pattern_key, scope.',
            column = 'actions';
    end if;
    return (
        select coalesce(
            jsonb_agg(jsonb_build_object(
                'action', i.action, 'pattern_key', i.pattern_key,
                'scope', learning.read_scope(
                    coalesce(nullif(i.scope, 'null'), p_scope), i.pattern_key
                )
            ) order by i.n),
            '[]'
        )
        from (
            select a.n, coalesce(a.item ->> 'action', a.item #>> '{}') as action,
                a.item -> 'scope' as scope,
                case when a.item ->> 'pattern_key' <> ''
                    then learning.canonical_pattern_key(a.item ->> 'pattern_key')
                    else p_pattern_key end as pattern_key
            from jsonb_array_elements(p_actions) with ordinality as a (item, n)
        ) as i
        where i.pattern_key is not null
    );
end
$$;
comment on function learning.checked_actions(jsonb, text, jsonb) is
    'The actions of a closed trade in one shape, checked.';

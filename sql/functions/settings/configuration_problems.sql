-- What is wrong with a module's configuration, one row per value: QD080 for what is no setting,
-- QD081 for a value of the wrong type, QD082 for one out of its range, QD083 for a pattern or gate
-- nobody knows, QD084 for state of the wrong shape. Keys of the decision maker's row that are not
-- ours are kept: configurations of older systems have some.
create or replace function learning.configuration_problems(p_module_id text, p_config jsonb)
returns table (
    path text, place text[], name text, pattern_key text, gate text, value jsonb, code text,
    problem text, hint text
)
language plpgsql stable security definer rows 1
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    with looked_at as (
        select e.path, array_to_string(e.path, '.') as shown, e.name, e.pattern_key, e.gate,
            e.value, left(e.value::text, 60) as text, k.is_state,
            e.value = 'null' and k.default_value = 'null'
                or coalesce(jsonb_path_exists(e.value, k.rule::jsonpath), false) as is_valid,
            jsonb_typeof(e.value) is not distinct from case
                when k.type in ('integer', 'number') then 'number'
                when k.type = 'choice' then 'string'
            end as is_of_type,
            e.pattern_key is null or learning.knows_pattern(e.pattern_key) as knows_pattern,
            e.gate is null or exists (
                select from learning.gates as g
                where g.pattern_key = e.pattern_key and g.gate = e.gate
            ) as knows_gate
        from learning.setting_entries(p_module_id, p_config) as e
        left join learning.known_settings() as k on k.name = e.name
        where e.path <> '{}'
    ),
    judged as (
        select l.*, case
                when l.name is null then 'QD080'
                when not l.knows_pattern or not l.knows_gate then 'QD083'
                when l.is_valid then null
                when l.is_state then 'QD084'
                when l.is_of_type then 'QD082'
                else 'QD081'
            end as code
        from looked_at as l
        where l.name is not null or p_module_id <> 'decision_maker'
    )
    select j.shown, j.path, j.name, j.pattern_key, j.gate, j.value, j.code,
        case j.code
            when 'QD080' then format('%s is no setting', left(j.shown, 200))
            when 'QD083' then case
                when not j.knows_pattern
                    then format('%s: no pattern %s is known', j.name, left(j.pattern_key, 200))
                else format(
                    '%s: pattern %s has no gate %s', j.name, j.pattern_key, left(j.gate, 200)
                )
            end
            when 'QD084' then format('%s has the wrong shape: %s', j.shown, j.text)
            else format('%s is %s, not %s', j.shown, j.text, learning.setting_range(j.name))
        end,
        case
            when j.code = 'QD080' then learning.settings_like(
                j.path[cardinality(j.path)]
            )
            when j.code = 'QD083' and not j.knows_pattern
                then learning.patterns_like(j.pattern_key)
            when j.code = 'QD083' then 'Its gates: ' || coalesce((
                select string_agg(g.gate, ', ' order by g.ordinal)
                from learning.gates as g
                where g.pattern_key = j.pattern_key
            ), 'none')
            when j.code = 'QD084' then 'It is written by the system itself.'
            else format('quadrant config get %s', j.name)
        end
    from judged as j
    where j.code is not null
    union all
    select p_module_id, array[]::text[], null, null, null, p_config, 'QD080',
        format('there is no module %s', left(p_module_id, 200)),
        'Modules: ' || (
            select string_agg(distinct k.module_id, ', ') from learning.known_settings() as k
        )
    where not exists (
        select from learning.known_settings() as k where k.module_id = p_module_id
    )
    order by 1;
end
$$;
comment on function learning.configuration_problems(text, jsonb) is
    'What is wrong with a module''s configuration: one row per value, with code and hint.';

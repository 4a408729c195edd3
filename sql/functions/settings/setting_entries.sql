-- The values of a module's configuration, one by one: the path, and where it is a setting or known
-- state its name, and the pattern and gate it is for (null: all; "*" is told as null). What stands
-- where a group of settings belongs is an entry without a name. One plan for all modules: it is
-- asked in every run, and planning it takes longer than answering.
create or replace function learning.setting_entries(p_module_id text, p_config jsonb)
returns table (path text[], value jsonb, name text, pattern_key text, gate text)
language plpgsql immutable parallel safe security definer rows 20
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    with recursive known as materialized (
        select k.name, k.per, string_to_array(k.path, '.') as place
        from learning.known_settings() as k
        where k.module_id = p_module_id
    ),
    walk (path, value, is_group) as (
        select array[]::text[], p_config, jsonb_typeof(p_config) = 'object'
        union all
        select w.path || e.key, e.value, jsonb_typeof(e.value) = 'object' and (
            exists (
                select from known as k
                where k.place[1:cardinality(w.path) + 1] = w.path || e.key
                    and cardinality(k.place) > cardinality(w.path) + 1
            )
            or e.key = 'patterns' and w.path = '{}' and p_module_id = 'pm'
            or w.path = '{patterns}'
            or exists (
                select from known as k
                where k.per in ('pattern', 'gate')
                    and k.place[1] = 'feature_flags'
                    and k.place = (w.path || e.key)[1:2]
                    and cardinality(w.path) < case k.per when 'gate' then 3 else 2 end
            )
        )
        from walk as w
        cross join lateral jsonb_each(case when w.is_group then w.value else '{}' end) as e
    )
    select w.path, w.value, k.name,
        case when w.path[1] = 'patterns' then w.path[2] else nullif(w.path[3], '*') end,
        nullif(w.path[4], '*')
    from walk as w
    left join known as k
        on case
            when w.path[1] = 'patterns' and p_module_id = 'pm'
                then cardinality(w.path) = 3 and k.place = array['tuning', w.path[3]]
                    and k.per is not null
            when w.path[1] = 'feature_flags'
                then k.place = w.path[1:2]
            else k.place = w.path
        end
    where not w.is_group;
end
$$;
comment on function learning.setting_entries(text, jsonb) is
    'A module''s configuration value by value, with the setting, pattern and gate each belongs to.';

-- Every setting with the value in force for all, and a row for each pattern and gate that has one
-- of its own. Values that are not valid are not shown: learning.settings_problems has them.
create or replace view analyst.settings as
select k.name, o.pattern_key, o.gate, o.value, o.is_set, k.default_value, k.type, k.unit,
    learning.setting_range(k.name) as accepts, k.smallest, k.largest, k.choices, k.per, k.meaning,
    k.read_by, k.module_id
from learning.known_settings() as k
left join learning.learning_configs as c on c.module_id = k.module_id
cross join lateral (
    select null::text as pattern_key, null::text as gate,
        case k.type
            when 'switch'
                then to_jsonb(learning.switch_in(c.config_data -> 'feature_flags', k.name))
            else learning.setting_in(c.config_data, null, k.name)
        end as value,
        exists (
            select from learning.setting_entries(k.module_id, c.config_data) as e
            where e.name = k.name and e.pattern_key is null
                and jsonb_path_exists(e.value, k.rule::jsonpath)
        ) as is_set
    union all
    select e.pattern_key, e.gate, e.value, true
    from learning.setting_entries(k.module_id, c.config_data) as e
    where e.name = k.name and e.pattern_key is not null
        and jsonb_path_exists(e.value, k.rule::jsonpath)
) as o
where not k.is_state
order by k.ordinal, o.pattern_key nulls first, o.gate nulls first;
comment on view analyst.settings is
    'One row per setting, and per pattern or gate with a value of its own: value in force, default, range, meaning.';

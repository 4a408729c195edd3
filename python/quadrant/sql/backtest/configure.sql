with told as (
    select %s::jsonb as asked
),
gates as (
    insert into learning.gates
    select g.*
    from told as t
    cross join lateral jsonb_populate_recordset(null::learning.gates, t.asked -> 'gates') as g
    on conflict (pattern_key, gate) do update
    set (value_key, direction, base, steps, adjust, min_value, max_value, action_category, ordinal)
        = (
            excluded.value_key, excluded.direction, excluded.base, excluded.steps, excluded.adjust,
            excluded.min_value, excluded.max_value, excluded.action_category, excluded.ordinal
        )
),
dimensions as (
    insert into learning.scope_dimensions
    select d.*
    from told as t
    cross join lateral
        jsonb_populate_recordset(null::learning.scope_dimensions, t.asked -> 'dimensions') as d
    on conflict (name) do update set enabled = excluded.enabled
)
update learning.learning_configs as c
set config_data = t.asked -> 'pm'
from told as t
where c.module_id = 'pm'

select jsonb_build_object(
    'gates', (select jsonb_agg(to_jsonb(g)) from learning.gates as g),
    'dimensions', (select jsonb_agg(to_jsonb(d)) from learning.scope_dimensions as d),
    'pm', (select c.config_data from learning.learning_configs as c where c.module_id = 'pm')
)

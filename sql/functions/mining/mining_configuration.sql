-- What a pattern's rates depend on besides its experiments: tuning settings and enabled dimensions,
-- as one text to compare.
create or replace function learning.mining_configuration(p_pattern_key text)
returns text
language sql stable parallel safe
as $$
    select concat(
        c.config_data -> 'tuning', c.config_data -> 'patterns' -> p_pattern_key,
        array(select d.name from learning.scope_dimensions as d where d.enabled order by d.ordinal)
    )
    from learning.learning_configs as c
    where c.module_id = 'pm'
$$;
comment on function learning.mining_configuration(text) is
    'Settings and enabled dimensions a pattern is mined with, as one comparable text.';

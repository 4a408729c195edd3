-- What a pattern's slices depend on besides its experiments: the settings of mining and the enabled
-- dimensions, as one text to compare.
create or replace function learning.mining_configuration(p_pattern_key text)
returns text
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select concat_ws(
            ' ',
            learning.setting_in(c.config_data, p_pattern_key, 'n_min'),
            learning.setting_in(c.config_data, p_pattern_key, 'lookback_days'),
            coalesce(learning.setting_in(c.config_data, p_pattern_key, 'max_dims'), 'null'),
            array(
                select d.name from learning.scope_dimensions as d where d.enabled order by d.ordinal
            )
        )
        from (select) as always
        left join learning.learning_configs as c on c.module_id = 'pm'
    );
end
$$;
comment on function learning.mining_configuration(text) is
    'Settings and enabled dimensions a pattern is mined with, as one comparable text.';

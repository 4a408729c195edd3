-- The value of any setting in force for a pattern and gate (null: for all). QD080 and QD083 as
-- require_setting. Jobs ask setting() and switch_in(), which cost less.
create or replace function learning.setting_value(
    p_name text, p_pattern_key text default null, p_gate text default null
)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_known jsonb := learning.require_setting(p_name, p_pattern_key, p_gate);
begin
    if v_known ->> 'type' <> 'switch' then
        return learning.setting(p_pattern_key, p_name);
    end if;
    return to_jsonb(learning.switch_in(
        (
            select c.config_data -> 'feature_flags'
            from learning.learning_configs as c
            where c.module_id = 'pm'
        ),
        p_name, p_pattern_key, p_gate
    ));
end
$$;
comment on function learning.setting_value(text, text, text) is
    'A setting''s value in force, for all, a pattern or a gate.';

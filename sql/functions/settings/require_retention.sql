-- Refuses (QD086) a change of a configuration that leaves retention_days.events shorter than what
-- is learned from (learning.days_learned_from), and was not so before. What two sessions agree on
-- at once is caught by learning.events_kept_since, which never keeps less.
create or replace function learning.require_retention(
    p_module_id text, p_old jsonb, p_new jsonb
)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_needed integer := learning.days_learned_from(case p_module_id
        when 'pm' then p_new
        else (select c.config_data from learning.learning_configs as c where c.module_id = 'pm')
    end);
    v_kept integer := nullif(case p_module_id
        when 'operations' then learning.setting_in(p_new, null, 'retention_days.events')
        else learning.setting(null, 'retention_days.events')
    end, 'null')::integer;
    v_is_new boolean := case p_module_id
        when 'pm' then learning.days_learned_from(p_old) < v_needed
        else learning.setting_in(p_old, null, 'retention_days.events')
            is distinct from to_jsonb(v_kept)
    end;
begin
    if v_kept < v_needed and v_is_new then
        raise exception using
            errcode = 'QD086',
            message = format(
                'retention_days.events is %s, but learning needs %s days', v_kept, v_needed
            ),
            hint = 'The longest lookback_days or evidence_days of any pattern, and 60 days more.';
    end if;
end
$$;
comment on function learning.require_retention(text, jsonb, jsonb) is
    'Refuses settings that would remove what is still learned from; QD086.';

-- What a write to learning_configs goes through (trigger check_settings): refuses what is wrong and
-- was not there before, all of it at once, with the code of the first; then keeps the settings that
-- changed in learning_configs_history. State (allocations) is only looked at. The actor is
-- quadrant.actor where a function set it, else the session's user. Null stands for no row.
create or replace function learning.accept_settings(
    p_module_id text, p_old jsonb, p_new jsonb
)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_code text;
    v_count bigint;
    v_first text;
    v_others text;
    v_hint text;
begin
    if p_new is not null then
        select (array_agg(n.code))[1], count(*), (array_agg(n.problem))[1],
            string_agg(n.code || ' ' || n.problem, '; '),
            (array_agg(n.hint))[1]
        into v_code, v_count, v_first, v_others, v_hint
        from learning.configuration_problems(p_module_id, p_new) as n
        where not exists (
            select from learning.configuration_problems(p_module_id, p_old) as o
            where o.path = n.path and o.value = n.value
        );
        if v_count > 0 then
            raise exception using
                errcode = v_code,
                message = case when v_count = 1 then v_first
                    else format('%s settings are refused', v_count) end,
                detail = case when v_count = 1 then '' else v_others end,
                hint = v_hint;
        end if;
        if p_module_id in ('pm', 'operations') then
            perform learning.require_retention(p_module_id, p_old, p_new);
        end if;
    end if;
    insert into learning.learning_configs_history (
        module_id, setting, pattern_key, gate, old_value, new_value, changed_by, changed_at
    )
    select p_module_id, coalesce(n.setting, o.setting), coalesce(n.pattern_key, o.pattern_key),
        coalesce(n.gate, o.gate), o.value, n.value,
        coalesce(nullif(current_setting('quadrant.actor', true), ''), session_user),
        learning.clock()
    from (
        select coalesce(e.name, array_to_string(e.path, '.')) as setting, e.pattern_key, e.gate,
            e.value
        from learning.setting_entries(p_module_id, p_new) as e
    ) as n
    full join (
        select coalesce(e.name, array_to_string(e.path, '.')) as setting, e.pattern_key, e.gate,
            e.value
        from learning.setting_entries(p_module_id, p_old) as e
    ) as o
        on o.setting = n.setting
        and coalesce(o.pattern_key, '') = coalesce(n.pattern_key, '')
        and coalesce(o.gate, '') = coalesce(n.gate, '')
    where o.value is distinct from n.value
        and exists (
            select from learning.known_settings() as k
            where k.module_id = p_module_id and not k.is_state
                -- Beside state only what is registered is a setting.
                and (
                    k.name = coalesce(n.setting, o.setting)
                    or not exists (
                        select from learning.known_settings() as s
                        where s.module_id = p_module_id and s.is_state
                    )
                )
        )
    order by 2, 3 nulls first, 4 nulls first;
end
$$;
comment on function learning.accept_settings(text, jsonb, jsonb) is
    'Refuses what is wrong in a new configuration, keeps the settings that changed in the history.';

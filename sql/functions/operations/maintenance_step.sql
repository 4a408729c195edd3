-- A step of the job quadrant.maintain: retention, a batch of old events, or statistics of the
-- tables that change most. Returns what it did, under the names the run's detail has.
create or replace function learning.maintenance_step(p_step text)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_done jsonb := '{}';
begin
    case
        when p_step = 'retention' then
            v_done := jsonb_build_object(p_step, learning.apply_retention());
        when p_step like 'events %' then
            v_done := learning.remove_old_events(learning.events_kept_since(), 5000);
            v_done := case when v_done @? '$.* ? (@ > 0)' then jsonb_build_object(p_step, v_done)
                else '{}' end;
        when p_step = 'analyze' then
            analyze learning.pattern_episode_events, learning.slice_rates, learning.lessons,
                learning.gate_simulations, learning.pm_overrides;
    end case;
    return v_done;
end
$$;
comment on function learning.maintenance_step(text) is
    'A step of the job quadrant.maintain; returns counts.';

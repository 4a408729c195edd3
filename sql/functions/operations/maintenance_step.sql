-- A step of the job quadrant.maintain: retention, or statistics of the tables that change most.
-- Returns what it did, under the names the run's detail has.
create or replace function learning.maintenance_step(p_step text)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_done jsonb := '{}';
begin
    case p_step
        when 'retention' then
            v_done := jsonb_build_object(p_step, learning.apply_retention());
        when 'analyze' then
            analyze learning.pattern_episode_events, learning.slice_rates, learning.lessons,
                learning.gate_simulations, learning.pm_overrides;
    end case;
    return v_done;
end
$$;
comment on function learning.maintenance_step(text) is
    'A step of the job quadrant.maintain; returns counts.';

-- What steps of the allocation go on from: config (the decision maker's configuration), masses of
-- the ROI averages, and the shuffled paths. Locked until the transaction ends: who read it may step
-- any number of times (learning.step_allocation) and write once (learning.keep_allocation), for a
-- row written again and again in one transaction is slower to find each time.
create or replace function learning.allocation_state()
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_config jsonb := learning.lock_allocation();
begin
    return jsonb_build_object(
        'config', v_config,
        'masses', (
            select coalesce(jsonb_object_agg(m.average, jsonb_build_array(
                m.mass_short, m.mass_long
            )), '{}')
            from learning.roi_masses as m
        ),
        'paths', (
            select coalesce(jsonb_agg(to_jsonb(s)), '[]') from learning.allocation_shuffles as s
        )
    );
end
$$;
comment on function learning.allocation_state() is
    'Locks and answers what steps of the allocation go on from: configuration, masses, shuffled paths.';

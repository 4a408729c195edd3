-- One step of a judging run: drift or ladder (counts of overrides created, changed, removed), or
-- requests (how many simulations were asked for).
create or replace function learning.judging_step(
    p_run_id bigint, p_as_of timestamptz, p_step text
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_step = 'drift' then
        return learning.write_overrides(p_run_id, 'drift', array(
            select o::learning.pm_overrides from learning.drift_overrides() as o
        ));
    elsif p_step = 'ladder' then
        return learning.write_overrides(p_run_id, 'ladder', array(
            select o::learning.pm_overrides from learning.ladder_overrides() as o
        ));
    end if;
    perform learning.log(
        'INFO', 'Materializer starting', jsonb_build_object('as_of', p_as_of), p_run_id
    );
    perform learning.log_settings_problems(p_run_id);
    perform learning.supersede_judging(p_run_id);
    return to_jsonb(learning.enqueue_judging(p_run_id, p_as_of));
end
$$;
comment on function learning.judging_step(bigint, timestamptz, text) is
    'Runs one step of a judging run (drift, ladder, requests) and returns its counts.';

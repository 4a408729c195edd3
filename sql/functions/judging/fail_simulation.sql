-- A worker could not simulate a request: back to the queue, failed for good after three attempts.
-- Returns its status, null when the request is gone or ended.
create or replace function learning.fail_simulation(p_request_id bigint, p_error text)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_request learning.simulation_requests;
begin
    update learning.simulation_requests as r
    set status = case when r.attempts < 3 then 'waiting' else 'failed' end,
        leased_by = null, leased_until = null, error = p_error,
        finished_at = case when r.attempts >= 3 then clock_timestamp() end
    where r.id = p_request_id and r.status in ('waiting', 'leased')
    returning * into v_request;
    if v_request.status = 'failed' then
        perform learning.log(
            'ERROR', 'Simulation failed',
            jsonb_build_object(
                'request', v_request.id, 'lesson', v_request.lesson_id, 'error', p_error
            ),
            v_request.run_id
        );
    end if;
    return v_request.status;
end
$$;
comment on function learning.fail_simulation(bigint, text) is
    'Returns a request to the queue with its error; after three attempts it is failed and logged.';

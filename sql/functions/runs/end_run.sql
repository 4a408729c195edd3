-- Ends a run (done, failed) or leaves it waiting for the worker, gives its job back and tells
-- listeners of quadrant_log that there is something to read. A run that ended before stays as is.
create or replace function learning.end_run(p_run_id bigint, p_status text, p_detail jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    update learning.job_leases as l
    set run_id = null, pid = null, session_key = null
    where l.run_id = p_run_id;
    update learning.learning_runs as r
    set status = p_status,
        finished_at = case when p_status <> 'waiting' then clock_timestamp() end,
        detail = r.detail || p_detail
    where r.id = p_run_id and r.status in ('running', 'waiting');
    perform pg_notify('quadrant_log', p_run_id::text);
end
$$;
comment on function learning.end_run(bigint, text, jsonb) is
    'Closes a run or leaves it waiting, and gives its job back.';

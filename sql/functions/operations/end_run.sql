-- Closes a run (done, failed) or leaves it waiting for the worker, releases the job's lock and
-- tells listeners of quadrant_log that there is something to read.
create or replace function learning.end_run(p_run_id bigint, p_status text, p_detail jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_job text;
begin
    update learning.learning_runs as r
    set status = p_status,
        finished_at = case when p_status <> 'waiting' then clock_timestamp() end,
        detail = r.detail || p_detail
    where r.id = p_run_id
    returning r.job into v_job;
    perform pg_advisory_unlock(hashtext('quadrant'), hashtext(v_job))
    from pg_catalog.pg_locks as l
    where l.locktype = 'advisory'
        and l.pid = pg_backend_pid()
        and l.objsubid = 2
        and l.classid = hashtext('quadrant')::oid
        and l.objid = hashtext(v_job)::oid;
    perform pg_notify('quadrant_log', p_run_id::text);
end
$$;
comment on function learning.end_run(bigint, text, jsonb) is
    'Closes a run or leaves it waiting; releases the job''s lock if this session holds it.';

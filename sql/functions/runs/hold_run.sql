-- Locks the job for this transaction: a run that commits between its steps calls it first in each.
-- QD220 when the run was given up meanwhile and the job is another's.
create or replace function learning.hold_run(p_run_id bigint)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform from learning.job_leases as l
    where l.run_id = p_run_id and l.pid = pg_backend_pid()
    for update;
    if not found then
        raise exception using
            errcode = 'QD220',
            message = format('run %s was given up and no longer holds its job', p_run_id),
            hint = 'The next run does its work.';
    end if;
end
$$;
comment on function learning.hold_run(bigint) is
    'Keeps the job locked for this transaction of a run; QD220 when the run no longer holds it.';

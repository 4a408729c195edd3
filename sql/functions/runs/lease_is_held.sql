-- Does another session hold this lease? Not when the session is gone, and, where a run holds it,
-- not when that session runs nothing: then the run failed and its session lives on. A run has no
-- transaction for an instant between two steps, hence three looks. What pg_locks says of sessions
-- and virtual transactions everybody may read and nobody can forge for another pid.
create or replace function learning.lease_is_held(p_lease learning.job_leases)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_lease.pid is null or p_lease.pid = pg_backend_pid() then
        return false;
    end if;
    for v_look in 1..3 loop
        if not exists (
            select from pg_catalog.pg_locks as l
            where l.locktype = 'advisory'
                and l.classid = 1364541764
                and l.objid = p_lease.session_key::oid
                and l.objsubid = 2
                and l.pid = p_lease.pid
                and l.granted
        ) then
            return false;
        end if;
        if p_lease.run_id is null or exists (
            select from pg_catalog.pg_locks as l
            where l.locktype = 'virtualxid' and l.pid = p_lease.pid and l.granted
        ) then
            return true;
        end if;
        perform pg_sleep(0.01);
    end loop;
    return false;
end
$$;
comment on function learning.lease_is_held(learning.job_leases) is
    'True while another living session holds the lease (of a run: while it also runs something).';

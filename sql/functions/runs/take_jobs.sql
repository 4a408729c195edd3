-- Takes all jobs for this session, until give_back_jobs or its end: scheduled runs are skipped, its
-- own go on. Null when taken, else who is in the way ('quadrant.mine', 'a replay'); ask again.
-- p_holder says who asks.
create or replace function learning.take_jobs(p_holder text)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_lease learning.job_leases;
    v_free text[] := '{}';
    v_busy text;
begin
    for v_lease in
        select l.* from learning.job_leases as l order by l.job for update skip locked
    loop
        if learning.lease_is_held(v_lease) then
            return coalesce(v_lease.holder, v_lease.job);
        end if;
        v_free := v_free || v_lease.job;
    end loop;
    select min(l.job) into v_busy from learning.job_leases as l where l.job <> all (v_free);
    if v_busy is null then
        update learning.job_leases as l
        set holder = p_holder, pid = pg_backend_pid(), session_key = learning.session_key()
        where l.job = '*';
    end if;
    return case v_busy when '*' then 'another session that takes the jobs' else v_busy end;
end
$$;
comment on function learning.take_jobs(text) is
    'Takes all jobs for this session; null, or who is in the way.';

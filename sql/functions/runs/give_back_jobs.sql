-- Gives back what this session took with take_jobs; nothing where it holds nothing.
create or replace function learning.give_back_jobs()
returns void
language sql volatile
as $$
    update learning.job_leases as l
    set holder = null, pid = null, session_key = null
    where l.job = '*' and l.pid = pg_catalog.pg_backend_pid()
$$;
comment on function learning.give_back_jobs() is
    'Ends what take_jobs began in this session.';

-- A number that tells this session from every other, past and to come, and that everybody can
-- check: it holds the advisory lock of that number until it ends. Not a lock: nobody waits for it,
-- and somebody else who takes it has another pid.
create or replace function learning.session_key()
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_key bigint := (
        select l.objid::bigint
        from pg_catalog.pg_locks as l
        where l.locktype = 'advisory'
            and l.classid = 1364541764
            and l.objsubid = 2
            and l.pid = pg_backend_pid()
        limit 1
    );
begin
    while v_key is null loop
        v_key := floor(random() * 2147483647);
        if not pg_try_advisory_lock(1364541764, v_key::integer) then
            v_key := null;
        end if;
    end loop;
    return v_key;
end
$$;
comment on function learning.session_key() is
    'The number of this session, held as an advisory lock until it ends: how others see that it lives.';

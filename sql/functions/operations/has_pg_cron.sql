-- Is pg_cron in this database? QD221 where it is and the caller may not use it: to_regclass would
-- answer with a bare "permission denied for schema cron".
create or replace function learning.has_pg_cron()
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_usable boolean := (
        select has_schema_privilege(n.oid, 'usage')
        from pg_catalog.pg_extension as e
        join pg_catalog.pg_namespace as n on n.nspname = 'cron'
        where e.extname = 'pg_cron'
    );
begin
    if not v_usable then
        raise exception using
            errcode = 'QD221',
            message = format('pg_cron is in this database, and %I may not use it', current_user),
            hint = 'As a superuser: psql -f pg_cron.sql. It gives quadrant_owner the right.';
    end if;
    return v_usable is not null;
end
$$;
comment on function learning.has_pg_cron() is
    'True where pg_cron is in this database; QD221 where the caller may not use it.';

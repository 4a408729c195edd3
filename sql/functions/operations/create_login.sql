-- Makes a login with the rights of one of Quadrant's roles and no others, or gives the one there is
-- a new password. p_password: as CREATE ROLE takes it, so best as a SCRAM verifier. quadrant_jobs
-- is a login itself. Returns created or changed. Raises QD222 where a role of that name may more.
-- For who may create roles.
create or replace function learning.create_login(p_login text, p_role text, p_password text)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_known boolean := exists (select from pg_roles as r where r.rolname = p_login);
    v_more text := (
        select string_agg(m.may, ', ')
        from (
            select 'superuser' as may from pg_roles as r where r.rolname = p_login and r.rolsuper
            union all
            select 'createrole' from pg_roles as r where r.rolname = p_login and r.rolcreaterole
            union all
            select 'createdb' from pg_roles as r where r.rolname = p_login and r.rolcreatedb
            union all
            select 'bypassrls' from pg_roles as r where r.rolname = p_login and r.rolbypassrls
            union all
            select 'replication' from pg_roles as r where r.rolname = p_login and r.rolreplication
            union all
            select 'member of ' || g.rolname
            from pg_auth_members as a
            join pg_roles as r on r.oid = a.member
            join pg_roles as g on g.oid = a.roleid
            where r.rolname = p_login
                and g.rolname not in (p_role, p_login)
                and not (p_login = 'quadrant_jobs' and g.rolname = 'quadrant_owner')
        ) as m
    );
begin
    if v_more is not null then
        raise exception using
            errcode = 'QD222',
            message = format('the role %I may more than %I: %s', p_login, p_role, v_more),
            hint = 'Name another login, or take that from it.';
    end if;
    if p_role not in ('quadrant_pm', 'quadrant_analyst', 'quadrant_worker', 'quadrant_jobs') then
        raise exception using
            errcode = 'QD222',
            message = format('%I is none of the roles that have logins', p_role),
            hint = 'quadrant_pm, quadrant_analyst, quadrant_worker, quadrant_jobs.';
    end if;
    execute format(
        '%s role %I with login password %L',
        case when v_known then 'alter' else 'create' end, p_login, p_password
    );
    if p_login <> p_role then
        execute format('grant %I to %I', p_role, p_login);
    end if;
    return case when v_known then 'changed' else 'created' end;
end
$$;
comment on function learning.create_login(text, text, text) is
    'Makes a login with one role''s rights, or gives it a new password; QD222 where it may more.';

-- Roles are cluster-wide: they may exist already, and a rollback never drops them.
do $roles$
declare
    v_role record;
begin
    for v_role in
        select *
        from (values
            ('quadrant_owner', 'nologin'),
            ('quadrant_jobs', 'login'),
            ('quadrant_pm', 'nologin'),
            ('quadrant_worker', 'nologin'),
            ('quadrant_analyst', 'nologin')
        ) as wanted (name, login)
    loop
        begin
            execute format('create role %I %s', v_role.name, v_role.login);
        exception
            when duplicate_object or unique_violation then
                raise notice 'role % exists', v_role.name;
        end;
    end loop;
    -- From 16 on, creating a role gives admin rights over it but not the right to become it.
    begin
        execute format('grant quadrant_owner to %I', current_user);
    exception
        when insufficient_privilege then
            if not pg_has_role(current_user, 'quadrant_owner', 'member') then
                raise;
            end if;
    end;
    if not pg_has_role('quadrant_jobs', 'quadrant_owner', 'member') then
        grant quadrant_owner to quadrant_jobs;
    end if;
    execute format('grant create on database %I to quadrant_owner', current_database());
end
$roles$;

set role quadrant_owner;
create schema learning;
create schema pm;
create schema analyst;
comment on schema learning is 'Tables and internal functions: capture, mining, judging, strength, allocation, operations.';
comment on schema pm is 'What a portfolio manager may read or call.';
comment on schema analyst is 'Views for people and BI tools.';
alter default privileges for role quadrant_owner revoke execute on functions from public;
reset role;

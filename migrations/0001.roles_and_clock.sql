-- Roles, schemas and the one clock. Its functions stand here because column defaults call them: no
-- table can be made without them.
--
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
comment on schema learning is
    'Tables and internal functions: capture, mining, judging, strength, allocation, operations.';
comment on schema pm is 'What a portfolio manager may read or call.';
comment on schema analyst is 'Views for people and BI tools.';
alter default privileges for role quadrant_owner revoke execute on functions from public;

create table learning.clock_setting (
    only_row boolean primary key default true,
    set_to timestamptz,
    constraint clock_has_one_row check (only_row)
);
comment on table learning.clock_setting is
    'One row: the time replay or a test has set, or null for the server''s clock.';
comment on column learning.clock_setting.set_to is
    'The time learning.clock() answers (UTC); null: the server''s own.';

insert into learning.clock_setting default values;

-- The one clock: the time that was set, else the start of the current transaction.
create function learning.clock() returns timestamptz
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce((select c.set_to from learning.clock_setting as c), pg_catalog.now())
$$;
comment on function learning.clock() is
    'The time every session, job and worker goes by: the set time, else the server''s.';

-- The time a line of the log is of: the clock that was set, else the moment itself
-- (learning.clock() is the transaction's beginning).
create function learning.log_time() returns timestamptz
language sql volatile parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce((select c.set_to from learning.clock_setting as c), clock_timestamp())
$$;
comment on function learning.log_time() is
    'The set clock, else the server''s clock at this very moment.';
reset role;

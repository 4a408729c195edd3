-- Every change of an override, with who made it: the person (setting quadrant.person) where a role
-- is shared, else the database's user. Tickers hear on the channel pm_overrides of what was or is
-- in force: a proposal changes nothing for them.
create or replace function learning.keep_override_history() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into learning.pm_overrides_history (
        override_id, change, old_row, new_row, run_id, actor, changed_at
    )
    values (
        case when tg_op = 'DELETE' then old.id else new.id end,
        tg_op,
        case when tg_op <> 'INSERT' then to_jsonb(old) end,
        case when tg_op <> 'DELETE' then to_jsonb(new) end,
        nullif(current_setting('quadrant.run_id', true), '')::bigint,
        case
            when current_setting('quadrant.run_id', true) <> '' then session_user
            else coalesce(nullif(current_setting('quadrant.person', true), ''), session_user)
        end,
        learning.clock()
    );
    if 'active' in (old.status, new.status) then
        perform pg_notify('pm_overrides', '');
    end if;
    return null;
end
$$;
comment on function learning.keep_override_history() is
    'Trigger: keeps every change of an override; announces on pm_overrides what was or is in force.';
create or replace trigger keep_override_history
    after insert or update or delete on learning.pm_overrides
    for each row execute function learning.keep_override_history();
-- Also of those a shard gets from its coordinator by replication.
alter table learning.pm_overrides enable always trigger keep_override_history;

-- An override that replication brings from the coordinator is worked into the answers kept, row by
-- row (statement triggers do not fire then): positions whose scope contains it, before or after,
-- are asked anew. The lock first, as learning.hold_position_overrides: a tick that kept an answer
-- without this override is committed by then, one that comes later keeps none.
create or replace function learning.refresh_replicated_override() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    lock table learning.override_changes in share row exclusive mode;
    update learning.position_overrides as k
    set override_ids = learning.scope_winners(k.scope)
    where tg_op <> 'INSERT' and old.items <@ k.items
        or tg_op <> 'DELETE' and new.items <@ k.items;
    return null;
end
$$;
comment on function learning.refresh_replicated_override() is
    'Trigger: answers anew for the positions that an override brought by replication can touch.';
create or replace trigger refresh_replicated_override
    after insert or update or delete on learning.pm_overrides
    for each row execute function learning.refresh_replicated_override();
alter table learning.pm_overrides enable replica trigger refresh_replicated_override;

-- Deleted decided windows: their attempts go into the outbox mining_dirty.
create or replace function learning.mark_deleted_experiments() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into learning.mining_dirty (pattern_key, attempt_id)
    select distinct o.pattern_key, o.attempt_id from old_rows as o where o.decision is not null;
    return null;
end
$$;
comment on function learning.mark_deleted_experiments() is
    'Trigger: puts the attempts of removed windows into mining_dirty.';
create or replace trigger mark_deleted_experiments
    after delete on learning.pattern_episode_events
    referencing old table as old_rows
    for each statement execute function learning.mark_deleted_experiments();

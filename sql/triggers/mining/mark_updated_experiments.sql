-- Changed decided windows: their attempts, before and after, go into the outbox mining_dirty.
create or replace function learning.mark_updated_experiments() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into learning.mining_dirty (pattern_key, attempt_id)
    select n.pattern_key, n.attempt_id from new_rows as n where n.decision is not null
    union
    select o.pattern_key, o.attempt_id from old_rows as o where o.decision is not null;
    return null;
end
$$;
comment on function learning.mark_updated_experiments() is
    'Trigger: puts the attempts of changed decided windows into mining_dirty.';
create or replace trigger mark_updated_experiments
    after update on learning.pattern_episode_events
    referencing old table as old_rows new table as new_rows
    for each statement execute function learning.mark_updated_experiments();

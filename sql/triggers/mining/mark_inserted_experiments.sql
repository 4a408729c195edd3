-- New decided windows: their attempts go into the outbox mining_dirty, which is one for every way
-- an experiment can change what is mined.
create or replace function learning.mark_inserted_experiments() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into learning.mining_dirty (pattern_key, attempt_id)
    select distinct n.pattern_key, n.attempt_id from new_rows as n where n.decision is not null;
    return null;
end
$$;
comment on function learning.mark_inserted_experiments() is
    'Trigger: puts the attempts of new decided windows into mining_dirty.';
create or replace trigger mark_inserted_experiments
    after insert on learning.pattern_episode_events
    referencing new table as new_rows
    for each statement execute function learning.mark_inserted_experiments();

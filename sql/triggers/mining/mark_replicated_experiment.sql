-- Windows of a shard, row by row, as replication brings them (statement triggers do not fire then):
-- their attempts, before and after, go into the outbox mining_dirty.
create or replace function learning.mark_replicated_experiment() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op <> 'DELETE' and new.decision is not null then
        insert into learning.mining_dirty (pattern_key, attempt_id)
        values (new.pattern_key, new.attempt_id);
    end if;
    if tg_op = 'DELETE' and old.decision is not null
        or tg_op = 'UPDATE' and old.decision is not null
        and (old.pattern_key, old.attempt_id) is distinct from (new.pattern_key, new.attempt_id)
    then
        insert into learning.mining_dirty (pattern_key, attempt_id)
        values (old.pattern_key, old.attempt_id);
    end if;
    return null;
end
$$;
comment on function learning.mark_replicated_experiment() is
    'Trigger: puts the attempts of windows that replication brings into mining_dirty.';
create or replace trigger mark_replicated_experiment
    after insert or update or delete on learning.pattern_episode_events
    for each row execute function learning.mark_replicated_experiment();
alter table learning.pattern_episode_events enable replica trigger mark_replicated_experiment;

-- Nobody will learn how an archived position's opportunities ended.
create or replace function learning.close_archived_position() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    update learning.pattern_episode_events as e
    set outcome = 'neutral', outcome_reason = 'position archived', outcome_at = learning.clock()
    where e.position_id = new.position_id and e.outcome is null;
    return null;
end
$$;
comment on function learning.close_archived_position() is
    'Trigger: pending windows of an archived position become neutral.';
create or replace trigger close_archived_position
    after update of status on learning.lowcap_positions
    for each row when (new.status = 'archived' and old.status <> 'archived')
    execute function learning.close_archived_position();

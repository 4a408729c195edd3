-- A decision that is corrected (skipped, then told to have been bought) is kept as it stood.
create or replace function learning.keep_corrected_decision() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into learning.corrected_decisions (window_id, decision, decided_at, blocked_by, factors)
    values (old.window_id, old.decision, old.decided_at, old.blocked_by, old.factors);
    return null;
end
$$;
comment on function learning.keep_corrected_decision() is
    'Trigger: keeps a decision that is corrected as it stood, in corrected_decisions.';
create or replace trigger keep_corrected_decision
    after update on learning.pattern_episode_events
    for each row when (old.decision <> new.decision)
    execute function learning.keep_corrected_decision();

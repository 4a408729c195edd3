-- A plain insert of a finished experiment is valid: the missing times are those of the clock.
create or replace function learning.fill_window_times() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.decision is not null then
        new.decided_at := coalesce(new.decided_at, learning.clock());
    end if;
    if new.outcome is not null then
        new.outcome_at := coalesce(new.outcome_at, learning.clock());
    end if;
    if new.roi is not null then
        new.roi_at := coalesce(new.roi_at, learning.clock());
    end if;
    return new;
end
$$;
comment on function learning.fill_window_times() is
    'Trigger: decided_at, outcome_at and roi_at default to learning.clock() once what they date is there.';
create or replace trigger fill_window_times
    before insert or update on learning.pattern_episode_events
    for each row execute function learning.fill_window_times();

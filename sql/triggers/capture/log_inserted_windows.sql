-- The lines of new windows that come with a decision or an outcome (learning.log_windows).
create or replace function learning.log_inserted_windows() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform learning.log_windows(
        array(select n.id from new_rows as n where n.decision is not null),
        array(select n.id from new_rows as n where n.outcome is not null)
    );
    return null;
end
$$;
comment on function learning.log_inserted_windows() is
    'Trigger: logs the decisions and outcomes of new windows.';
create or replace trigger log_inserted_windows
    after insert on learning.pattern_episode_events
    referencing new table as new_rows
    for each statement execute function learning.log_inserted_windows();

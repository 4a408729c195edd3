-- The lines of windows that got a decision or an outcome (learning.log_windows).
create or replace function learning.log_updated_windows() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_decided bigint[];
    v_judged bigint[];
begin
    select array_agg(n.id) filter (where n.decision is distinct from o.decision),
        array_agg(n.id) filter (where n.outcome is distinct from o.outcome)
    into v_decided, v_judged
    from new_rows as n
    join old_rows as o on o.id = n.id
    where n.decision is not null and n.decision is distinct from o.decision
        or n.outcome is not null and n.outcome is distinct from o.outcome;
    perform learning.log_windows(coalesce(v_decided, '{}'), coalesce(v_judged, '{}'));
    return null;
end
$$;
comment on function learning.log_updated_windows() is
    'Trigger: logs the decisions and outcomes that windows got.';
create or replace trigger log_updated_windows
    after update on learning.pattern_episode_events
    referencing old table as old_rows new table as new_rows
    for each statement execute function learning.log_updated_windows();

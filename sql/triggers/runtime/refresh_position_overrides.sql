-- A change of overrides is worked into the answers kept: the positions whose scope contains an
-- override that came, went or is preferred otherwise are asked anew; after a large change all are.
create or replace function learning.refresh_position_overrides() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from changed) then
        return null;
    end if;
    with touching as materialized (
        select t.items
        from changed as c
        left join learning.pm_overrides as o on o.id = c.id
        cross join lateral (values (c.items), (o.items)) as t (items)
        where 'active' in (c.status, o.status)
            and (
                tg_op <> 'UPDATE'
                or (c.status, c.pattern_key, c.action_category, c.items, c.preference)
                    is distinct from
                    (o.status, o.pattern_key, o.action_category, o.items, o.preference)
            )
        limit 101
    ),
    asked as (
        select k.position_id, learning.scope_winners(k.scope) as ids
        from learning.position_overrides as k
        where (select count(*) from touching) > 100
            or exists (select from touching as t where t.items <@ k.items)
        offset 0
    )
    update learning.position_overrides as k
    set override_ids = a.ids
    from asked as a
    where a.position_id = k.position_id and a.ids <> k.override_ids;
    return null;
end
$$;
comment on function learning.refresh_position_overrides() is
    'Trigger: answers anew for the positions that changed overrides can touch.';
create or replace trigger refresh_position_overrides_of_inserted
    after insert on learning.pm_overrides referencing new table as changed
    for each statement execute function learning.refresh_position_overrides();
create or replace trigger refresh_position_overrides_of_updated
    after update on learning.pm_overrides referencing old table as changed
    for each statement execute function learning.refresh_position_overrides();
create or replace trigger refresh_position_overrides_of_deleted
    after delete on learning.pm_overrides referencing old table as changed
    for each statement execute function learning.refresh_position_overrides();

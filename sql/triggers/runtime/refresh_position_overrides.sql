-- A change of overrides is worked into the answers kept. Asked anew are the positions where an
-- override that changed had won, and those where one now holds that is preferred to the one that
-- wins; after a large change all are.
create or replace function learning.refresh_position_overrides() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from changed) then
        return null;
    end if;
    with touching as materialized (
        select c.id
        from changed as c
        left join learning.pm_overrides as o on o.id = c.id
        where 'active' in (c.status, o.status)
            and (
                tg_op <> 'UPDATE'
                or (c.status, c.pattern_key, c.action_category, c.items, c.preference)
                    is distinct from
                    (o.status, o.pattern_key, o.action_category, o.items, o.preference)
            )
        limit 101
    ),
    rivals as materialized (
        select o.pattern_key, o.action_category, o.items, o.preference
        from touching as t
        join learning.pm_overrides as o on o.id = t.id
        where o.status = 'active' and o.action_category like 'tuning\_%'
    ),
    asked as (
        select k.position_id, learning.scope_winners(k.scope) as ids
        from learning.position_overrides as k
        where (select count(*) from touching) > 100
            or exists (select from touching as t where t.id = any (k.override_ids))
            or exists (
                select
                from rivals as r
                where r.items <@ k.items
                    and not exists (
                        select
                        from unnest(k.override_ids) as i (id)
                        cross join lateral (
                            select w.pattern_key, w.action_category, w.preference
                            from learning.pm_overrides as w
                            where w.id = i.id
                            offset 0  -- by id, whatever statistics say
                        ) as w
                        where w.pattern_key = r.pattern_key
                            and w.action_category = r.action_category
                            and w.preference > r.preference
                    )
            )
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

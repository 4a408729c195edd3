-- What wins in a watched position's scope is looked up when the scope is written, and kept. A row
-- is true for the scope it names, so nothing has to be kept where that is not safe at once, which
-- is while overrides change in another transaction, and outside READ COMMITTED: the row names the
-- old scope then, and readers look the new one up.
create or replace function learning.keep_position_overrides() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_is_tuned boolean;
begin
    if not exists (
        select
        from changed as c
        left join learning.position_overrides as k on k.position_id = c.position_id
        where k.scope is distinct from
            case when c.status in ('watchlist', 'active') then c.scope end
    )
        or current_setting('transaction_isolation') <> 'read committed'
    then
        return null;
    end if;

    -- From here to the end of the transaction no override changes (learning.hold_position_overrides
    -- waits for it), and those that did are committed: the next statement sees them.
    begin
        lock table learning.override_changes in row exclusive mode nowait;
    exception when lock_not_available then
        return null;
    end;

    -- Where no override of a gate is in force, none wins, whatever the scope.
    select exists (
        select
        from learning.pm_overrides as o
        where o.status = 'active' and o.action_category like 'tuning\_%'
    ) into v_is_tuned;

    with unwatched as (
        delete from learning.position_overrides as k
        using changed as c
        where c.position_id = k.position_id and c.status not in ('watchlist', 'active')
    ),
    moved as (
        select c.position_id, c.scope
        from changed as c
        left join learning.position_overrides as k on k.position_id = c.position_id
        where c.status in ('watchlist', 'active') and k.scope is distinct from c.scope
    ),
    answers as (
        select s.scope, s.items, case when v_is_tuned then array(
            select w.id from learning.winning_overrides(s.items) as w (id) order by w.id
        ) else '{}' end as ids
        from (
            select d.scope, learning.scope_items(d.scope) as items
            from (select distinct m.scope from moved as m) as d
            offset 0
        ) as s
    )
    insert into learning.position_overrides as k (position_id, scope, items, override_ids)
    select m.position_id, a.scope, a.items, a.ids
    from moved as m
    join answers as a on a.scope = m.scope
    on conflict (position_id) do update
    set scope = excluded.scope, items = excluded.items, override_ids = excluded.override_ids;
    return null;
end
$$;
comment on function learning.keep_position_overrides() is
    'Trigger: keeps which overrides win in the scopes that positions got.';
create or replace trigger keep_position_overrides_of_inserted
    after insert on learning.lowcap_positions referencing new table as changed
    for each statement execute function learning.keep_position_overrides();
create or replace trigger keep_position_overrides_of_updated
    after update on learning.lowcap_positions referencing new table as changed
    for each statement execute function learning.keep_position_overrides();

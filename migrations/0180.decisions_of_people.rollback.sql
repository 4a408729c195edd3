set role quadrant_owner;
create or replace function learning.keep_override_history() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into learning.pm_overrides_history (
        override_id, change, old_row, new_row, run_id, actor, changed_at
    )
    values (
        case when tg_op = 'DELETE' then old.id else new.id end,
        tg_op,
        case when tg_op <> 'INSERT' then to_jsonb(old) end,
        case when tg_op <> 'DELETE' then to_jsonb(new) end,
        nullif(pg_catalog.current_setting('quadrant.run_id', true), '')::bigint,
        session_user,
        learning.clock()
    );
    perform pg_catalog.pg_notify('pm_overrides', '');
    return null;
end
$$;
comment on column learning.pm_overrides_history.actor is null;
alter table learning.solutions alter column id drop default;
alter table learning.solutions alter column id add generated always as identity;
select setval(
    'learning.solutions_id_seq', coalesce((select max(s.id) from learning.solutions as s), 0) + 1,
    false
);
alter table learning.gate_simulations drop column sides;
alter table learning.look_slices
    drop constraint upheld_is_known, drop column upheld, drop column barred;
drop index learning.solutions_dismissed;
alter table learning.solutions
    drop constraint what_is_pinned_is_in_force, drop column pinned, drop column approved_by;
comment on column learning.solutions.changed_by is null;
reset role;

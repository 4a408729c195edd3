-- Says that a bot (or an import) uses this database; called before its first write. The feed of the
-- replay the database holds passes. Raises QD194 where the database holds a replay.
create or replace function learning.enter_live(p_feed text default null)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_world learning.world;
begin
    select w.* into v_world from learning.world as w;
    if not found then
        insert into learning.world (kind)
        values ('live')
        on conflict on constraint world_pkey do nothing;
        select w.* into strict v_world from learning.world as w;
    end if;
    if v_world.kind = 'replay' and v_world.feed is distinct from p_feed then
        raise exception using
            errcode = 'QD194',
            message = format(
                'this database holds a replay of %s', coalesce(v_world.data, 'recorded bars')
            ),
            hint = 'Its past is not your market''s: record into a database of its own '
                || '(quadrant databases lists them; quadrant --database NAME up makes one).';
    end if;
end
$$;
comment on function learning.enter_live(text) is
    'Marks the database as a bot''s by first use; QD194 where it holds a replay.';

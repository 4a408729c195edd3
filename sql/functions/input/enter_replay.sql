-- Says that a replay uses this database; called before its first write. The same replay (feed) may
-- come again. Raises QD193 where a bot or another replay uses the database.
create or replace function learning.enter_replay(p_feed text, p_data text, p_chain text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_world learning.world;
begin
    insert into learning.world (kind, feed, data, chain)
    values ('replay', p_feed, p_data, p_chain)
    on conflict on constraint world_pkey do nothing;
    select w.* into strict v_world from learning.world as w;
    if v_world.feed is distinct from p_feed then
        raise exception using
            errcode = 'QD193',
            message = case v_world.kind
                when 'live' then format('a bot or an import has used this database since %s',
                    date_trunc('second', v_world.first_used_at))
                else format('this database holds the replay of another market: %s',
                    coalesce(v_world.data || ', chain ' || v_world.chain, 'recorded bars'))
            end,
            hint = 'Nothing was written. A replay needs a database of its own: name a new one with '
                || '--database NAME, or leave --database and QUADRANT_DSN out.';
    end if;
end
$$;
comment on function learning.enter_replay(text, text, text) is
    'Marks the database as a replay''s by first use; QD193 where a bot or another replay uses it.';

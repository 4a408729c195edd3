-- Trades of a shard, row by row, as replication brings them (statement triggers do not fire then):
-- their patterns go into the outbox trades_dirty.
create or replace function learning.mark_replicated_trade() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into learning.trades_dirty (pattern_key)
    select distinct p.pattern_key
    from unnest(array[
        case when tg_op <> 'INSERT' then old.pattern_key end,
        case when tg_op <> 'DELETE' then new.pattern_key end
    ]) as p (pattern_key)
    where p.pattern_key is not null;
    return null;
end
$$;
comment on function learning.mark_replicated_trade() is
    'Trigger: puts the patterns of trades that replication brings into trades_dirty.';
create or replace trigger mark_replicated_trade
    after insert or update or delete on learning.pattern_trade_events
    for each row execute function learning.mark_replicated_trade();
alter table learning.pattern_trade_events enable replica trigger mark_replicated_trade;

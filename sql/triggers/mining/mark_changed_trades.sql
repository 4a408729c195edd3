-- Trades that came, changed or went: their patterns go into the outbox trades_dirty.
create or replace function learning.mark_changed_trades() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into learning.trades_dirty (pattern_key)
    select distinct c.pattern_key from changed_rows as c;
    return null;
end
$$;
comment on function learning.mark_changed_trades() is
    'Trigger: puts the patterns of trades that came, changed or went into trades_dirty.';
create or replace trigger mark_inserted_trades
    after insert on learning.pattern_trade_events
    referencing new table as changed_rows
    for each statement execute function learning.mark_changed_trades();
create or replace trigger mark_updated_trades
    after update on learning.pattern_trade_events
    referencing new table as changed_rows
    for each statement execute function learning.mark_changed_trades();
create or replace trigger mark_trades_before_update
    after update on learning.pattern_trade_events
    referencing old table as changed_rows
    for each statement execute function learning.mark_changed_trades();
create or replace trigger mark_deleted_trades
    after delete on learning.pattern_trade_events
    referencing old table as changed_rows
    for each statement execute function learning.mark_changed_trades();

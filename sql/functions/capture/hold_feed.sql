-- Keeps a feed as it is until the transaction ends, for a ticker that has it under an epoch. QD008
-- where that epoch has ended: another ticker took the feed over, or a position of it.
create or replace function learning.hold_feed(p_feed text, p_epoch bigint)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform f.feed
    from learning.feeds as f
    where f.feed = p_feed and f.epoch = p_epoch
    for share;
    if not found then
        raise exception using
            errcode = 'QD008',
            message = format('the feed %s was taken over by another ticker', p_feed),
            hint = 'Nothing was written. Give every ticker a feed of its own.';
    end if;
end
$$;
comment on function learning.hold_feed(text, bigint) is
    'Keeps a feed for its ticker until the transaction ends; QD008 where its epoch has ended.';

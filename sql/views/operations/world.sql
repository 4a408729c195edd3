create or replace view analyst.world as
select w.kind, w.data, w.chain, w.feed, w.first_used_at,
    (
        select max(
            m.last_bar_ts + case m.timeframe when 'learn' then '0' else m.timeframe end::interval
        )
        from learning.feed_watermarks as m
        where m.feed = w.feed
    ) as replayed_to
from learning.world as w;
comment on view analyst.world is
    'Whose market this database learns from; no row before its first use. replayed_to: the time a replay has reached (UTC), by which its lessons and overrides were learned.';
comment on column analyst.world.replayed_to is 'UTC; null in a live database.';

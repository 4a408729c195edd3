-- Health of the feeds: per feed and timeframe how long its newest bar is ago, by the server's own
-- clock. Not while the clock is set, of no replay, nor where all positions are paused or archived.
create or replace view learning.feed_checks as
with feeds as (
    select p.feed, p.timeframe, p.length, greatest(m.last_bar_ts, p.last_bar_ts) as last_bar_ts
    from (
        select t.feed, p.timeframe, p.timeframe::interval as length,
            max(t.last_bar_ts) as last_bar_ts
        from learning.tick_states as t
        join learning.lowcap_positions as p using (position_id)
        where t.feed not like 'replay:%' and p.status not in ('paused', 'archived')
        group by t.feed, p.timeframe
    ) as p
    left join learning.feed_watermarks as m on m.feed = p.feed and m.timeframe = p.timeframe
    where (select c.set_to from learning.clock_setting as c) is null
),
silences as (
    -- A bar exists from its end on.
    select f.*, (clock_timestamp() - f.last_bar_ts - f.length) / s.bars as silence
    from feeds as f
    cross join (
        select learning.setting_in(c.config_data, null, 'feed_silent_bars')::integer as bars
        from (select) as always
        left join learning.learning_configs as c on c.module_id = 'operations'
    ) as s
    where f.last_bar_ts is not null
)
select 30 as place, format('feed silent: %s %s', s.feed, s.timeframe) as check_name,
    case
        when s.silence > 4 * s.length then 'fail'
        when s.silence > s.length then 'warn'
        else 'ok'
    end as status,
    'newest bar of ' || s.last_bar_ts as detail,
    'Is the bot running? Archive the positions of a feed that has ended.' as what_to_do
from silences as s;
comment on view learning.feed_checks is
    'Rows of analyst.health: feeds whose newest bar is older than feed_silent_bars of its timeframe.';

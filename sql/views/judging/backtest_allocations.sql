-- What the shares of capital under each profile of the allocation came to in walk-forwards: a row
-- per timeframe. Money per budget-day and the gain against fixed are of the profile as a whole.
create or replace view analyst.backtest_allocations as
select b.id, b.made_at, b.market, a.one ->> 'profile' as profile,
    (a.one ->> 'trades')::bigint as trades,
    (a.one ->> 'money_per_day')::double precision as money_per_day,
    (a.one -> 'gain' ->> 'value')::double precision as gain,
    (a.one -> 'gain' ->> 'low')::double precision as gain_low,
    (a.one -> 'gain' ->> 'high')::double precision as gain_high,
    s.timeframe, s.share, s.trades as timeframe_trades, s.noise_lowest, s.noise_highest, s.verdict
from learning.backtests as b
cross join lateral jsonb_array_elements(b.result -> 'allocations') with ordinality as a (one, place)
cross join lateral jsonb_to_recordset(a.one -> 'shares') as s (
    timeframe text, share numeric, trades integer, noise_lowest double precision,
    noise_highest double precision, verdict text
)
order by b.id desc, a.place, s.timeframe collate "C";
comment on view analyst.backtest_allocations is
    'One row per walk-forward, profile of the allocation and timeframe: money per budget-day, the gain against fixed shares with a 95 % interval (fractions of the budget a day), the last shares (0..1), the band of shuffled trades (profile plan), and whether they are told from noise.';

-- Per timeframe: its share, where the profile wants it, what that rests on, what last moved it, and
-- whether it is told from noise: under plan, whether the share is outside the middle 90 % of 20
-- paths with the ROIs dealt out at random (learning.step_shuffles); under evidence, whether
-- differences in money per budget-day are (learning.money_per_day).
create or replace view analyst.allocation as
with present as (
    select t.timeframe, t.share, t.roi_short, t.roi_long, t.n, t.newest_at,
        learning.setting_in(c.config_data, null, 'allocation.profile') #>> '{}' as profile
    from (select) as always
    left join learning.learning_configs as c on c.module_id = 'decision_maker'
    cross join lateral learning.timeframe_allocation(c.config_data) as t
),
made as materialized (
    select m.timeframe, m.money_per_day, m.spread, m.surety from learning.money_per_day() as m
),
shuffled as (
    select s.timeframe, percentile_cont(0.05) within group (order by s.share) as lowest,
        percentile_cont(0.95) within group (order by s.share) as highest
    from learning.allocation_shuffles as s
    group by s.timeframe
),
start as (
    select h.before as shares from learning.allocation_history as h order by h.id limit 1
),
desired as (
    select case p.profile
        when 'plan' then learning.desired_shares(
            jsonb_object_agg(p.timeframe, p.share),
            jsonb_object_agg(p.timeframe, p.roi_short)
                filter (where p.n > 0 and p.roi_short is not null)
        )
        when 'evidence' then learning.shrunk_shares(
            jsonb_object_agg(p.timeframe, p.share),
            coalesce(
                (select b.shares from start as b), jsonb_object_agg(p.timeframe, p.share)
            ),
            jsonb_object_agg(p.timeframe, coalesce(m.money_per_day, 0))
                filter (where p.n > 0 and p.roi_short is not null),
            coalesce(max(m.surety), 0)
        ) end as shares
    from present as p
    left join made as m on m.timeframe = p.timeframe
    group by p.profile
    having count(*) filter (where p.n > 0 and p.roi_short is not null) > 1
)
select p.timeframe, p.share, (d.shares ->> p.timeframe)::numeric as desired, p.roi_short,
    p.roi_long, p.n, p.newest_at, (h.change ->> p.timeframe)::numeric as last_change,
    h.stepped_at as last_changed_at, h.trade_id as last_trade_id,
    h.timeframe as last_trade_timeframe, h.roi as last_trade_roi, latest.reason as why,
    p.profile, m.money_per_day, m.spread as money_spread, m.surety,
    s.lowest as noise_lowest, s.highest as noise_highest,
    case
        when p.profile = 'fixed' then 'fixed'
        when p.profile = 'evidence' then
            case when m.surety > 0 then 'told from noise' else 'not told from noise' end
        when p.share < s.lowest or p.share > s.highest then 'told from noise'
        else 'not told from noise'
    end as verdict
from present as p
left join desired as d on true
left join made as m on m.timeframe = p.timeframe
left join shuffled as s on s.timeframe = p.timeframe
left join lateral (
    select a.*
    from learning.allocation_history as a
    where (a.change ->> p.timeframe)::numeric <> 0
    order by a.id desc
    limit 1
) as h on true
left join lateral (
    select a.reason from learning.allocation_history as a order by a.id desc limit 1
) as latest on true;
comment on view analyst.allocation is
    'One row per timeframe: share now and desired (0..1), average ROIs over 14 and 90 days (fractions), trades, the last change and the trade behind it, why the newest trade moved what it moved; money per budget-day, and whether the share is told from noise.';
comment on column analyst.allocation.money_per_day is
    'What a unit put into each of its trades made per day, over at most 365 days (a fraction).';
comment on column analyst.allocation.money_spread is 'Standard error of money_per_day.';
comment on column analyst.allocation.surety is
    'How sure the differences in money per budget-day are, 0 (noise) to 1: so far profile evidence goes from the start.';
comment on column analyst.allocation.noise_lowest is
    'The share that 5 % of paths with ROIs dealt out at random are below by now.';
comment on column analyst.allocation.noise_highest is
    'The share that 5 % of paths with ROIs dealt out at random are above by now.';

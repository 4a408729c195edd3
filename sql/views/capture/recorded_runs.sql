-- What was recorded under each run's label, by pattern, to compare runs: setups and how many were
-- bought, their virtual result, real trades and theirs.
create or replace view analyst.recorded_runs as
select coalesce(w.run, t.run) as run, coalesce(w.pattern_key, t.pattern_key) as pattern_key,
    coalesce(w.windows, 0) as windows, coalesce(w.acted, 0) as acted,
    coalesce(w.pending, 0) as pending, w.acted_roi, w.skipped_roi, coalesce(t.trades, 0) as trades,
    t.trade_roi, w.first_at, w.last_at
from (
    select e.run, e.pattern_key, count(*) as windows,
        count(*) filter (where e.decision = 'acted') as acted,
        count(*) filter (where e.outcome is null) as pending,
        avg(e.roi) filter (where e.decision = 'acted') as acted_roi,
        avg(e.roi) filter (where e.decision = 'skipped') as skipped_roi,
        min(e.opened_at) as first_at, max(e.opened_at) as last_at
    from learning.pattern_episode_events as e
    where e.run is not null
    group by e.run, e.pattern_key
) as w
full join (
    select s.content ->> 'run' as run, coalesce(s.content ->> 'pattern_key', '') as pattern_key,
        count(*) as trades, avg((s.content ->> 'roi')::double precision) as trade_roi
    from learning.ad_strands as s
    where s.kind = 'position_closed' and s.content ? 'run'
    group by 1, 2
) as t on t.run = w.run and t.pattern_key = w.pattern_key;
comment on view analyst.recorded_runs is
    'One row per run''s label and pattern: windows, those acted on and pending, mean virtual ROI of acted and skipped, closed trades and their mean ROI (fractions), opening of the first and last window (UTC).';

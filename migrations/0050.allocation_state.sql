set role quadrant_owner;

create table learning.roi_masses (
    average text primary key,
    mass_short numeric not null,
    mass_long numeric not null,
    constraint average_is_of_a_timeframe_or_global
        check (average in ('15m', '1h', '4h', 'global')),
    constraint masses_are_positive check (
        mass_short > 0 and mass_short < 'infinity' and mass_long > 0 and mass_long < 'infinity'
    )
);
comment on table learning.roi_masses is
    'One row per ROI average of learning_configs (decision_maker): how much evidence is behind it.';
comment on column learning.roi_masses.mass_short is
    'Trades, each weighed by e^(-age / 14 days), as of the average''s newest trade.';
comment on column learning.roi_masses.mass_long is
    'Trades, each weighed by e^(-age / 90 days), as of the average''s newest trade.';

alter table learning.allocation_history
    add column timeframe text,
    add column roi double precision,
    add column closed_at timestamptz;
comment on column learning.allocation_history.timeframe is 'Of the trade that made the step.';
comment on column learning.allocation_history.roi is
    'Of the trade that made the step, a fraction after fees.';
comment on column learning.allocation_history.closed_at is 'When that trade closed (UTC).';
comment on column learning.allocation_history.desired is
    'Where the shares of the timeframes with trades should be; null: no step.';
comment on column learning.allocation_history.change is
    'What was added to each share; sums to 0; null: no step.';
comment on column learning.allocation_history.after is
    'Shares per timeframe after the step; they sum to 1.';
comment on column learning.allocation_history.reason is
    'Why there was no step, or how large it could be.';

-- Do the shares of a configuration of the decision maker sum to exactly 1? One without shares
-- has the defaults.
create function learning.shares_are_whole(p_config jsonb) returns boolean
language sql immutable parallel safe
set search_path = ''
as $$
    select not p_config ? 'timeframe_allocation' or (
        select count(s.share) = 3 and min(s.share) >= 0 and sum(s.share) = 1
        from unnest(array['15m', '1h', '4h']) as t (timeframe)
        cross join lateral (
            select p_config #>> array['timeframe_allocation', t.timeframe, 'current_allocation']
        ) as c (shown)
        cross join lateral (select c.shown::numeric) as s (share)
    )
$$;
comment on function learning.shares_are_whole(jsonb) is
    'True where current_allocation of 15m, 1h and 4h are there, none is negative and they sum to exactly 1; true without timeframe_allocation.';

alter table learning.learning_configs
    add constraint timeframe_shares_sum_to_1
        check (module_id <> 'decision_maker' or learning.shares_are_whole(config_data));
reset role;

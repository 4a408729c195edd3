-- Strength: lessons from closed trades, and the overrides that follow from them.
set role quadrant_owner;

create table learning.trades_dirty (
    id bigint generated always as identity primary key,
    pattern_key text not null
);
comment on table learning.trades_dirty is
    'Patterns whose trades changed since they were last mined: an outbox the miner empties.';
insert into learning.trades_dirty (pattern_key)
select distinct t.pattern_key from learning.pattern_trade_events as t;

create table learning.mined_trades (
    pattern_key text primary key,
    as_of timestamptz not null,
    due_at timestamptz,
    configuration text not null,
    judged_on date,
    judged_by text,
    constraint judged_by_a_profile check (judged_by in ('evidence', 'plan'))
);
comment on table learning.mined_trades is
    'One row per pattern whose trades were mined: what it was made from, to see when time or settings change it.';
comment on column learning.mined_trades.as_of is 'The clock of the mining (UTC).';
comment on column learning.mined_trades.due_at is
    'When the passing of time alone changes its lessons next (UTC): a trade enters or leaves the lookback; null: never.';
comment on column learning.mined_trades.configuration is
    'The settings and dimensions it was mined with.';
comment on column learning.mined_trades.judged_on is
    'UTC day on which its lessons were last judged; null: not yet.';
comment on column learning.mined_trades.judged_by is 'The profile they were judged by.';

-- How stored trades ended, as far as their actions tell (learning.trade_endings).
update learning.pattern_trade_events as t
set did_trim = t.did_trim or a.trimmed, reached_s3 = t.reached_s3 or a.in_s3
from (
    select e.trade_id, bool_or(e.action_category = 'trim') as trimmed,
        bool_or(e.pattern_key like 'pm.uptrend.S3.%') as in_s3
    from learning.pattern_trade_events as e
    group by e.trade_id
) as a
where a.trade_id = t.trade_id and (a.trimmed > t.did_trim or a.in_s3 > t.reached_s3);

create index pattern_trade_events_by_time
    on learning.pattern_trade_events (pattern_key, closed_at);

-- What only the portfolio manager, or only the decision maker, sees of a market.
alter table learning.scope_dimensions
    add column module text,
    add constraint module_is_known check (module in ('pm', 'dm'));
comment on column learning.scope_dimensions.module is
    'Whose lessons from trades may have it: pm or dm; null: both.';
update learning.scope_dimensions as d
set module = case when d.name in ('curator', 'intent') then 'dm' else 'pm' end
where d.name in (
    'curator', 'intent', 'timeframe', 'vol_bucket', 'age_bucket', 'mcap_vol_ratio_bucket',
    'market_family', 'bucket_leader', 'bucket_rank_position'
);

alter table learning.lessons
    add constraint a_lesson_is_of_its_patterns_module
        check (lesson_type not in ('pm_strength', 'dm_alloc')
            or module = split_part(pattern_key, '.', 1) and lesson_type like module || '%');
comment on column learning.lessons.n is
    'Experiments behind it, policy skips left out; of pm_strength and dm_alloc: trades.';
reset role;

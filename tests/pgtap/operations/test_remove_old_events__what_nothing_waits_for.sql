begin;
select plan(20);
do $$begin perform tests.clock_at('2026-06-01 00:00+00'); end$$;

-- Settings.
select throws_ok(
    $$select learning.set_setting('retention_days.events', '424')$$, 'QD086', null,
    'shorter than evidence_days and 60: refused'
);
select lives_ok($$select learning.set_setting('retention_days.events', '425')$$, 'as long: taken');
select throws_ok(
    $$select learning.set_setting('evidence_days', '366', 'pm.uptrend.S2.entry')$$, 'QD086', null,
    'to learn from more than is kept: refused, of one pattern too'
);
select lives_ok($$select learning.set_setting('n_min', '20')$$, 'what has no part in it: taken');
select is(
    learning.events_kept_since(), timestamptz '2026-06-01 00:00+00' - interval '425 days',
    'what may go is that old'
);

-- Days before the moment (or, negative, after it) a window opened and had its outcome.
create function pg_temp.window(
    p_name text, p_attempt text, p_opened integer, p_ended integer, p_trade text default null
) returns void language sql as $$
    insert into learning.pattern_episode_events (
        window_id, attempt_id, episode_id, pattern_key, episode_type, decision, opened_at,
        decided_at, outcome, outcome_at, roi, roi_at, trade_id, scope
    )
    select p_name, p_attempt, p_attempt, 'pm.uptrend.S1.entry', 's1_entry', 'acted', o.at, o.at,
        case when p_ended is not null then 'success' end, e.at, 0.1, o.at, p_trade,
        '{"bucket": "micro"}'
    from (values (learning.events_kept_since() - make_interval(days => p_opened))) as o (at)
    cross join (
        values (learning.events_kept_since() - make_interval(days => p_ended))
    ) as e (at)
$$;
create function pg_temp.message(
    p_kind text, p_days integer, p_trade text default null, p_episode text default null,
    p_content jsonb default '{}'
) returns void language sql as $$
    insert into learning.ad_strands (
        kind, position_id, trade_id, episode_id, content, happened_at, strand_key
    )
    select p_kind, min(p.position_id), p_trade, p_episode, p_content,
        learning.events_kept_since() - make_interval(days => p_days),
        concat_ws(' ', p_kind, p_days, p_trade, p_episode)
    from learning.lowcap_positions as p
$$;
insert into learning.lowcap_positions (
    token_contract, token_chain, symbol, timeframe, current_trade_id
)
values ('t', 'c', 'T', '1h', 'held');

do $$begin
    perform pg_temp.window('old', 'old', 5, 4), pg_temp.window('of it', 'old', 4, 3),
        pg_temp.window('outcome young', 'a', 5, -1),
        pg_temp.window('old, beside a young one', 'b', 5, 4), pg_temp.window('young', 'b', -1, -2),
        pg_temp.window('old, beside one that waits', 'c', 5, 4), pg_temp.window('waits', 'c', 5, null),
        pg_temp.window('marked', 'd', 5, 4),
        pg_temp.window('traded', 'e', 9, 8, 'closed'), pg_temp.window('trade young', 'f', 9, 8, 'late'),
        pg_temp.window('trade open', 'g', 9, 8, 'open'), pg_temp.window('trade held', 'h', 9, 8, 'held');
    insert into learning.window_marks (window_id, marked_at, entry_price, exit_price, roi)
    values ('marked', learning.clock(), 1, 1, 0);
    perform pg_temp.message('pm_action', 9, 'closed'),
        pg_temp.message('position_closed', 7, 'closed', null, '{"roi": 0.1}'),
        pg_temp.message('pm_action', 9, 'late'), pg_temp.message('position_closed', -1, 'late'),
        pg_temp.message('pm_action', 9, 'open'), pg_temp.message('position_closed', 7, 'held'),
        pg_temp.message('uptrend_buy_window', 5, null, 'old'),
        pg_temp.message('uptrend_buy_window', 5, null, 'c'),
        pg_temp.message('decision_lowcap', 2), pg_temp.message('decision_lowcap', -2),
        pg_temp.message('uptrend_stage_transition', 12),
        pg_temp.message('uptrend_stage_transition', 11),
        pg_temp.message('uptrend_stage_transition', 8),
        pg_temp.message('uptrend_stage_transition', 3);
    insert into learning.pattern_trade_events (
        trade_id, ordinal, pattern_key, action_category, roi, closed_at
    )
    select t.trade_id, n, 'pm.uptrend.S1.entry', 'entry', 0.1,
        learning.events_kept_since() - make_interval(days => t.days)
    from (values ('closed', 7), ('imported', 6), ('late', -1), ('held', 7)) as t (trade_id, days)
    cross join generate_series(1, 2) as n;
    insert into learning.allocation_history (trade_id, before, after, reason)
    values ('closed', '{}', '{}', 'x');
end$$;

create temporary table batches as
select b.n, learning.remove_old_events(learning.events_kept_since(), 1) as removed
from generate_series(1, 6) as b (n);
select is(
    (select removed from batches where n = 1), '{"windows": 1, "trades": 2, "messages": 3}',
    'a batch: a trade of each kind with its messages, the oldest attempt, a message of neither'
);
select is(
    (select removed from batches where n = 6), '{"windows": 0, "trades": 0, "messages": 0}',
    'after some of them nothing is left to do'
);
select results_eq(
    'select e.window_id from learning.pattern_episode_events as e order by e.id',
    $$values ('outcome young'), ('old, beside a young one'), ('young'),
        ('old, beside one that waits'), ('waits'), ('marked'), ('trade young'), ('trade open'),
        ('trade held')$$,
    'windows stay with their attempt, and while anything waits'
);
select results_eq(
    $$select distinct e.trade_id from learning.pattern_trade_events as e order by 1$$,
    $$values ('held'), ('late')$$, 'trades go whole: not what closed since, nor what a position holds'
);
select results_eq(
    $$select s.strand_key from learning.ad_strands as s order by s.id$$,
    $$values ('pm_action 9 late'), ('position_closed -1 late'), ('pm_action 9 open'),
        ('position_closed 7 held'), ('uptrend_buy_window 5 c'), ('decision_lowcap -2'),
        ('uptrend_stage_transition 11'), ('uptrend_stage_transition 8'),
        ('uptrend_stage_transition 3')$$,
    'messages of open trades and of windows stay, and the state an open trade was bought in'
);
select is(
    (select count(*) from learning.allocation_history), 1::bigint,
    'capital keeps its history: a trade told again is known'
);
select is(learning.aggregate_trades() ->> 'trades', '0', 'no trade is aggregated anew');

-- What an override did is told as before.
create temporary table held as
with written as (
    insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
    values ('pm.uptrend.S1.entry', 'tuning_halo', '{"bucket": "big"}', 1.1)
    returning id
)
select w.id from written as w;
insert into learning.pattern_episode_events (
    window_id, pattern_key, episode_type, scope, decision, opened_at, decided_at, outcome,
    outcome_at, roi, roi_at, factors
)
select format('effect %s/%s', d, n), 'pm.uptrend.S1.entry', 's1_entry', '{"bucket": "big"}',
    'acted', t.at, t.at, 'success', t.at, 0.01 * n + case when d > 500 then 0 else 0.05 end + d / 1e4,
    t.at, case when d <= 500 and n <= 3 then jsonb_build_object('overrides', jsonb_build_array(h.id))
        else '{}' end
from held as h
cross join generate_series(480, 520) as d
cross join generate_series(1, 4) as n
cross join lateral (select learning.clock() - make_interval(days => d)) as t (at);
insert into learning.ad_strands (kind, trade_id, content, happened_at)
select 'position_closed', format('effect %s/%s', d, n), jsonb_build_object(
        'pattern_key', 'pm.uptrend.S1.entry', 'scope', '{"bucket": "big"}'::jsonb,
        'roi', 0.02 * n + d / 1e4, 'context', jsonb_build_object('overrides', jsonb_build_object(
            'gates', case when d <= 500 then jsonb_build_array(h.id) else '[]' end
        ))
    ), learning.clock() - make_interval(days => d)
from held as h cross join generate_series(480, 520) as d cross join generate_series(1, 2) as n;
create function pg_temp.effect() returns setof text language sql as $$
    select concat_ws(
        ' ', e.measure, e.n_with, e.n_without, e.days_with, e.days_without,
        round(e.mean_with::numeric, 9), round(e.mean_without::numeric, 9),
        round(e.difference::numeric, 9), round(e.lowest::numeric, 9), e.verdict
    )
    from analyst.override_effect as e join held as h on h.id = e.override_id
    order by e.measure
$$;
create temporary table told as select e from pg_temp.effect() as e;
select is((select count(*) from told where e like '% better with it'), 1::bigint, 'it is told');
do $$begin
    perform learning.remove_old_events(learning.events_kept_since(), 40)  -- whole days at a time
    from generate_series(1, 6);
end$$;
select is(
    (select count(*) from learning.pattern_episode_events where window_id like 'effect%'), 0::bigint,
    'what it was told from is gone'
);
select results_eq('select e from pg_temp.effect() as e', 'select e from told', 'it is told the same');

-- Health, and off.
do $$begin perform pg_temp.window('due since yesterday', 'j', 2, 1); end$$;
select is(
    (select status from analyst.health where check_name = 'retention'), 'ok', 'nothing is overdue'
);
do $$begin perform pg_temp.window('overdue', 'i', 5, 4); end$$;
select is(
    (select status from analyst.health where check_name = 'retention'), 'warn',
    'what should have gone three days ago is'
);
select is(
    cardinality(learning.maintenance_steps()), 42, 'a night has forty batches'
);
do $$begin perform learning.set_setting('retention_days.events', null); end$$;
select is(learning.maintenance_steps(), '{retention,analyze}', 'not set: all is kept');
select is(
    (select concat(status, ' ', detail) from analyst.health where check_name = 'retention'),
    'ok windows, trades and messages are kept for ever', 'and health says so'
);

select * from finish();
rollback;

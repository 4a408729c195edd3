begin;
select plan(11);
do $$begin perform tests.clock_at('2026-03-01 00:00+00'); end$$;

create temporary table held as
with written as (
    insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
    values ('pm.uptrend.S1.entry', 'tuning_halo', '{"bucket": "micro"}', 1.1)
    returning id
)
select w.id from written as w;
insert into learning.pm_overrides (
    pattern_key, action_category, scope_subset, multiplier, dir_a, confidence_score
)
values ('pm.uptrend.S1.entry', 'pm_strength', '{}', null, 1, 0.9);

-- Three windows a day for ten days without it, then three a day with it: acted +.02 and +.04 and
-- skipped; before it acted -.01, -.01 and skipped. Elsewhere, and without a result: left out.
create function pg_temp.window(
    p_day integer, p_number integer, p_roi float8, p_decision text, p_bucket text,
    p_overrides jsonb
) returns void language sql as $$
    insert into learning.pattern_episode_events (
        window_id, pattern_key, episode_type, scope, decision, decided_at, outcome, outcome_at,
        roi, roi_at, factors, opened_at
    )
    select format('%s/%s/%s', p_day, p_number, p_bucket), 'pm.uptrend.S1.entry', 's1_entry',
        jsonb_build_object('bucket', p_bucket), p_decision, d.at, 'success', d.at, p_roi,
        case when p_roi is not null then d.at end,
        jsonb_strip_nulls(jsonb_build_object('overrides', p_overrides)), d.at
    from (values (timestamptz '2026-01-01 00:00+00' + make_interval(days => p_day))) as d (at)
$$;
do $$begin
    perform pg_temp.window(d, 1, -0.01, 'acted', 'micro', null),
        pg_temp.window(d, 2, -0.01, 'acted', 'micro', '[999999]'),
        pg_temp.window(d, 3, 0.50, 'skipped', 'micro', null),
        pg_temp.window(d, 1, 9, 'acted', 'big', null),
        pg_temp.window(d, 4, null, 'acted', 'micro', null)
    from generate_series(1, 10) as d;
    perform pg_temp.window(d, 1, 0.02, 'acted', 'micro', jsonb_build_array(h.id, 7)),
        pg_temp.window(d, 2, 0.04, 'acted', 'micro', jsonb_build_array(h.id)),
        pg_temp.window(d, 3, 0.50, 'skipped', 'micro', jsonb_build_array(h.id))
    from generate_series(11, 19) as d cross join held as h;
end$$;
create function pg_temp.effect() returns setof analyst.override_effect language sql as $$
    select x.* from analyst.override_effect as x join held as h on h.id = x.override_id
$$;

select results_eq(
    $$select e.measure, e.n_with, e.n_without, e.days_with, e.days_without, e.difference, e.verdict
    from pg_temp.effect() as e$$,
    $$values ('windows', 27::bigint, 30::bigint, 9::bigint, 10::bigint, null::float8, 'too early')$$,
    'under 30 windows or 10 days: too early, and no difference'
);
do $$begin
    perform pg_temp.window(20, 1, 0.02, 'acted', 'micro', jsonb_build_array(h.id)),
        pg_temp.window(20, 2, 0.04, 'acted', 'micro', jsonb_build_array(h.id)),
        pg_temp.window(20, 3, 0.50, 'skipped', 'micro', jsonb_build_array(h.id))
    from held as h;
end$$;
select results_eq(
    $$select round(e.mean_with::numeric, 6), round(e.mean_without::numeric, 6),
        round(e.difference::numeric, 6), round(e.lowest::numeric, 6), round(e.highest::numeric, 6),
        e.verdict from pg_temp.effect() as e$$,
    $$values (0.02, -0.006667, 0.026667, 0.026667, 0.026667, 'better with it')$$,
    'acted windows count their ROI, skipped ones 0; days that are all alike leave no doubt'
);
-- One day of the ten with it goes wrong by x in total: of ten daily sums nine are .06 and one is
-- .06 - x, so the spread is sqrt(10/9 x (9 (x/10)^2 + (.9 x)^2)) / 30 = x / 30.
update learning.pattern_episode_events set roi = roi - 1.5
where window_id = '20/1/micro';
select results_eq(
    $$select round(e.difference::numeric, 6), round(e.lowest::numeric, 6),
        round(e.highest::numeric, 6), e.verdict from pg_temp.effect() as e$$,
    $$values (
        round(0.0266666667 - 0.05, 6), round(0.0266666667 - 0.05 - 1.645 * 0.05, 6),
        round(0.0266666667 - 0.05 + 1.645 * 0.05, 6), 'not told from noise'
    )$$,
    'the interval is from the spread of days'
);
update learning.pattern_episode_events set roi = roi - 0.5
where overrides is not null and decision = 'acted' and overrides <> '[999999]';
select is((select e.verdict from pg_temp.effect() as e), 'worse with it', 'worse');
select results_eq(
    $$select x.windows, x.windows_acted, x.trades, x.last_hit_at
    from analyst.override_hits as x join held as h on h.id = x.override_id$$,
    $$values (30::bigint, 20::bigint, 0::bigint, '2026-01-21 00:00+00'::timestamptz)$$,
    'hits are counted from the windows'
);
select is_empty(
    $$select * from analyst.override_effect as x where x.action_category = 'pm_strength'$$,
    'posture moves no window'
);
delete from learning.pm_overrides where action_category = 'tuning_halo';
select is((select e.status from pg_temp.effect() as e), 'gone', 'an override that is gone stays told');

-- Trades, with posture.
do $$begin perform learning.record_closed_trade(jsonb_build_object(
    'trade_id', 'trade ' || i, 'timeframe', '15m', 'roi', 0.01 * i,
    'closed_at', '2026-02-10 00:00+00', 'pattern_key', 'pm.uptrend.S1.entry',
    'scope', '{"bucket": "micro"}'::jsonb,
    'context', case when i > 1 then jsonb_build_object('overrides', jsonb_build_object(
        'gates', jsonb_build_array(h.id),
        'posture', jsonb_build_array(jsonb_build_object('id', o.id, 'weight', 1))
    )) else '{}' end
))
from generate_series(1, 3) as i cross join held as h
join learning.pm_overrides as o on o.action_category = 'pm_strength'; end$$;
select results_eq(
    $$select x.action_category, x.n_with, x.n_without, round(x.mean_with::numeric, 6),
        round(x.mean_without::numeric, 6), x.verdict
    from analyst.override_effect as x where x.measure = 'trades' order by 1$$,
    $$values ('pm_strength', 2::bigint, 1::bigint, 0.025, 0.01, 'too early'),
        ('tuning_halo', 2, 1, 0.025, 0.01, 'too early')$$,
    'trades tell what they were told with'
);
select results_eq(
    $$select x.trades from analyst.override_hits as x where x.trades > 0$$,
    'values (2::bigint), (2)', 'and count as hits'
);
select is_empty(
    $$select * from learning.trade_overrides(
        '{"context": {"overrides": {"gates": {"a": 1}, "posture": "x"}}}'
    )$$,
    'what is of another shape is passed over'
);
select is_empty(
    $$select * from learning.trade_overrides('{"context": {"overrides": [1]}}')$$,
    'and so is a plain list'
);

select * from finish();
rollback;

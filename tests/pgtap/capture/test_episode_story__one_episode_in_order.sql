begin;
select plan(11);

create temporary table p as
select e.position_id
from pm.enroll_positions('feed', '[
    {"token_contract": "X", "token_chain": "c", "symbol": "X", "timeframe": "1h"},
    {"token_contract": "Y", "token_chain": "c", "symbol": "Y", "timeframe": "1h"}
]') as e
where e.symbol = 'X';

insert into learning.pattern_episode_events (
    window_id, episode_id, attempt_id, position_id, episode_type, pattern_key, decision,
    opened_at, decided_at, closed_at, trade_id
)
select w.window_id, 'a:s1', 'a', p.position_id, 's1_entry', 'pm.uptrend.S1.entry', w.decision,
    w.opened_at::timestamptz, w.opened_at::timestamptz, w.opened_at::timestamptz, w.trade_id
from p
cross join (values
    ('w1', 'skipped', '2024-01-01 01:00+00', null),
    ('w2', 'acted', '2024-01-01 05:00+00', 't')
) as w (window_id, decision, opened_at, trade_id);

insert into learning.ad_strands (
    strand_key, kind, position_id, episode_id, trade_id, content, happened_at
)
select s.name, s.kind,
    case when s.elsewhere then (
        select y.position_id from learning.lowcap_positions as y where y.symbol = 'Y'
    ) else p.position_id end,
    s.episode_id, s.trade_id, s.content::jsonb, ('2024-01-01 ' || s.at || '+00')::timestamptz
from p
cross join (values
    ('late', 'position_closed', 'a:s1', 't',
        '{"pattern_key": "pm.uptrend.S1.entry", "roi": 0.1234}', '12:00', false),
    ('before', 'uptrend_stage_transition', null, null,
        '{"before": "S4", "after": "S0", "close": 90}', '00:00', false),
    ('flip', 'uptrend_stage_transition', 'a:s1', null,
        '{"before": "S1", "after": "S2", "close": 101.5}', '03:00', false),
    ('w1', 'uptrend_buy_window', 'a:s1', null,
        '{"pattern_key": "pm.uptrend.S1.entry", "decision": "skipped",
            "blocked_by": ["ts", "halo"], "bars": 2}', '03:00', false),
    ('back', 'uptrend_stage_transition', 'a:s2', null,
        '{"before": "S2", "after": "S1", "close": 99}', '04:00', false),
    ('buy', 'pm_action', 'a:s1', 't', '{"action": "entry", "usd": 350, "price": 100.05}', '05:00',
        false),
    ('w2', 'uptrend_buy_window', 'a:s1', 't',
        '{"pattern_key": "pm.uptrend.S1.entry", "decision": "acted", "blocked_by": [],
            "bars": 4}', '08:00', false),
    ('end', 'uptrend_episode_summary', 'a:s1', null,
        '{"episode_type": "s1_entry", "outcome": "success", "windows": [{}, {}],
            "levers_considered": [{}]}', '10:00', false),
    ('to S3', 'uptrend_stage_transition', 'a:s2', null,
        '{"before": "S2", "after": "S3", "close": 110}', '10:00', false),
    ('after', 'uptrend_stage_transition', 'a:s3', null,
        '{"before": "S3", "after": "S0", "close": 80}', '11:00', false),
    ('exit', 'pm_action', null, 't', '{"action": "exit", "usd": 400, "price": 112.00000000000001}', '12:00',
        false),
    ('of another episode', 'uptrend_buy_window', 'a:s2', 'u', '{}', '04:00', false),
    ('of another trade', 'pm_action', null, 'u', '{"action": "exit"}', '06:00', false),
    ('of another position', 'uptrend_stage_transition', 'b:s1', null, '{}', '06:00', true)
) as s (name, kind, episode_id, trade_id, content, at, elsewhere);

create temporary table story as
select * from analyst.episode_story('a:s1') with ordinality;

select results_eq(
    $$select to_char(s.happened_at at time zone 'utc', 'HH24:MI') || ' ' || s.what
    from story as s order by s.ordinality$$,
    array[
        '03:00 From S1 to S2 at a close of 101.5.',
        '03:00 A window of pm.uptrend.S1.entry ended: skipped, blocked by ts, halo after 2 bars.',
        '04:00 From S2 to S1 at a close of 99.',
        '05:00 Order of the PM: entry of 350.00 at 100.05.',
        '08:00 A window of pm.uptrend.S1.entry ended: acted after 4 bars.',
        '10:00 From S2 to S3 at a close of 110.',
        '10:00 The s1_entry ended: success, 2 windows, 1 levers considered.',
        '12:00 Order of the PM: exit of 400.00 at 112.',
        '12:00 The trade of pm.uptrend.S1.entry was closed: ROI 12.34 %.'
    ],
    'the strands of the episode, of its trade, and the changes of state it saw, oldest first'
);
select results_eq(
    $$select s.kind, s.trade_id, s.content ->> 'price' from story as s where s.what like 'Order%'
    order by s.ordinality$$,
    $$values ('pm_action', 't', '100.05'), ('pm_action', 't', '112.00000000000001')$$,
    'with kind, trade and content as they were told'
);
select is_empty($$
    select * from story as s
    where s.what is null or s.what = '' or s.kind is null or s.content is null
$$, 'every strand has its sentence');
select results_eq(
    $$select s.what from analyst.episode_story('a:s1') as s$$,
    $$select s.what from story as s order by s.ordinality$$, 'told again it is the same'
);
select is_empty($$select * from analyst.episode_story('nobody')$$, 'an unknown episode has none');
select is_empty($$select * from analyst.episode_story(null)$$, 'and so has null');

select is(
    tests.sqlstate_as('quadrant_analyst', $$select * from analyst.episode_story('a:s1')$$), null,
    'an analyst may ask for it'
);
select is(
    tests.sqlstate_as('quadrant_analyst', 'select * from learning.ad_strands'), '42501',
    'who cannot read the strands themselves'
);
select is(
    tests.sqlstate_as('quadrant_pm', $$select * from analyst.episode_story('a:s1')$$), '42501',
    'and nobody else may'
);

select results_eq(
    $$select what from analyst.episode_story('w1')$$,
    $$select what from analyst.episode_story('a:s1')$$, 'a window''s id tells its episode'
);
select results_eq(
    $$select what from analyst.episode_story('t')$$,
    $$select what from analyst.episode_story('a:s1')$$, 'and a trade''s'
);
select * from finish();
rollback;

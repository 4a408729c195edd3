begin;
select plan(14);

do $$begin perform tests.clock_at('2025-06-01 00:00+00'); end$$;
create function pg_temp.said() returns text language sql as $$
    select h.state || ': ' || h.sentence from analyst.headline as h
$$;
create function pg_temp.flag(p_flags jsonb) returns void language sql as $$
    update learning.learning_configs
    set config_data = jsonb_set(config_data, '{feature_flags}', config_data -> 'feature_flags' || p_flags)
    where module_id = 'pm'
$$;
create function pg_temp.solution(p_status text, p_scope jsonb) returns bigint language sql as $$
    insert into learning.solutions (
        pattern_key, scope_subset, steps, status, confidence, n, record_since
    )
    values ('pm.uptrend.S1.entry', p_scope, '{"ts": 0, "halo": 0.2, "slope": 0}', p_status, 0.8,
        100, '2025-05-01')
    returning id
$$;
create function pg_temp.window(
    p_id text, p_halo float8, p_in_force float8, p_decision text, p_outcome text, p_roi float8
) returns void language sql as $$
    insert into learning.pattern_episode_events (
        window_id, pattern_key, episode_type, scope, decision, blocked_by, outcome, roi, factors
    )
    values (p_id, 'pm.uptrend.S1.entry', 's1_entry', '{"bucket": "nano"}', p_decision,
        case p_decision when 'skipped' then '{halo}'::text[] else '{}' end, p_outcome, p_roi,
        jsonb_build_object('halo_max', p_in_force, 'samples', jsonb_build_array(
            jsonb_build_object('ts_score', 0.7, 'halo_distance', p_halo, 'slope', 0.1)
        )))
$$;

select is(pg_temp.said(), 'empty: Nothing is recorded yet: no setup has come in.', 'empty database');
select matches((select changes_in_words from analyst.headline), 'quadrant replay FOLDER', 'and what to do');

do $$begin perform pg_temp.window('a', 1.1, 1, 'skipped', null, null); end$$;
select is(pg_temp.said(), 'pending: Too early to tell: 1 setup recorded so far, and none has finished.', 'all pending');

update learning.pattern_episode_events set outcome = 'success' where window_id = 'a';
select is(pg_temp.said(), 'unjudged: Too early to tell: 1 setup has finished, and no look was taken at the gates yet.', 'nothing was looked at');

insert into learning.learning_runs (job) values ('quadrant.judge');
insert into learning.looks (run_id, pattern_key, profile, look_day, status, slices, candidates)
select max(id), 'pm.uptrend.S1.entry', 'evidence', '2025-06-01', 'decided', 12, 1488
from learning.learning_runs;
select is(pg_temp.said(), 'nothing: Leave the gates alone: nothing here passed the tests.', 'nothing qualified');
select is(
    (select tried_in_words from analyst.headline),
    'The newest looks compared 12 slices with 1,488 changes of gates; none passed. Where there is nothing to learn, a change is promised to be in force at most 1.5 % of the time.',
    'and how much was tried'
);

do $$begin perform pg_temp.solution('proposed', '{"bucket": "micro"}'); end$$;
select is(pg_temp.said(), 'proposed: Leave the gates alone: nothing here passed the tests; 1 change is proposed and watched.', 'proposed only');

do $$begin perform pg_temp.solution('suspended', '{"bucket": "nano"}'); end$$;
select is(pg_temp.said(), 'suspended: The bot is back on its base gates: 1 change was suspended, for what followed spoke against it.', 'suspended by the guardrail');

update learning.solutions set status = 'active' where status = 'suspended';
select is(pg_temp.said(), 'in_force: 1 change of gates is in force; the surest: S1 entry, halo 1 -> 1.2, where bucket=nano.', 'in force');
select is((select changes_in_words from analyst.headline), 'No decision has differed from what base gates do so far.', 'nothing came of it yet');

do $$begin
    perform pg_temp.window('b', 1.1, 1.2, 'acted', 'success', 0.1);
    perform pg_temp.window('c', 1.1, 1.2, 'acted', 'failure', -0.05);
    perform pg_temp.window('d', 0.9, 0.8, 'skipped', 'failure', -0.02);
end$$;
select is(
    (select changes_in_words from analyst.headline),
    'Since 2025-06-01 the changes let in 2 setups on 1 day that base gates would have passed by: 1 of 2 finished succeeded, +2.5 % each on average. They kept out 1 setup that base gates would have bought: 0 of 1 finished succeeded, -2.0 % each on average.',
    'what they let in and kept out'
);
select is(
    (select (s.let_in, s.let_in_succeeded, s.kept_out)::text from analyst.solutions as s where s.status = 'active'),
    '(2,1,0)', 'a solution owns what its own thresholds let in'
);

do $$begin perform pg_temp.flag('{"tuning_overrides_enabled": false}'); end$$;
select is(pg_temp.said(), 'switched_off: Overrides are switched off: the bot runs on its base gates; 1 change would be in force, the surest: S1 entry, halo 1 -> 1.2, where bucket=nano.', 'switched off');
do $$begin perform pg_temp.flag('{"shadow": true}'); end$$;
select is(pg_temp.said(), 'shadow: Shadow: the bot runs on its base gates; 1 change would be in force, the surest: S1 entry, halo 1 -> 1.2, where bucket=nano.', 'shadow');

select * from finish();
rollback;

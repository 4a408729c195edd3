begin;
select plan(17);

-- A configuration as it could be written before there was a check.
alter table learning.learning_configs disable trigger check_changed_settings;
update learning.learning_configs set config_data = '{
    "tuning": {"n_min": 0, "min_ratio": 0.2, "lookback_days": "soon", "foo": 1},
    "patterns": {
        "pm.uptrend.S1.entry": {"n_min": "many", "min_ratio": 5000, "pending_max_days": 2.5},
        "pm.uptrend.S2.entry": {"n_min": 12, "pending_max_days": 7}
    },
    "feature_flags": {"tuning_overrides_enabled": "off", "shadow": "true"}
}' where module_id = 'pm';
update learning.learning_configs
set config_data = '{"retention_days": {"log": -1}, "worker_silent_minutes": "NaN"}' where module_id = 'operations';
alter table learning.learning_configs enable trigger check_changed_settings;

select is(learning.setting('pm.uptrend.S1.entry', 'n_min'), '33', 'neither the pattern''s nor the general one: the default');
select is(learning.setting('pm.uptrend.S2.entry', 'n_min'), '12', 'another pattern''s own');
select is(learning.setting('pm.uptrend.S1.entry', 'min_ratio')::float8, 0.2::float8, 'the general one');
select is(learning.setting('pm.uptrend.S1.entry', 'lookback_days')::integer, 90, 'a text is no number of days');
select is(
    (select learning.overrides_apply(c.config_data -> 'feature_flags', 'pm.uptrend.S1.entry', 'ts')
    from learning.learning_configs as c where c.module_id = 'pm'), true, 'switches are read as booleans only'
);
select results_eq(
    $$select path, code, pattern_key, used from learning.settings_problems order by module_id, path$$,
    $$values
        ('retention_days.log', 'QD082', null, '90'::jsonb),
        ('worker_silent_minutes', 'QD081', null, '15'),
        ('feature_flags.shadow', 'QD081', null, 'false'),
        ('feature_flags.tuning_overrides_enabled', 'QD081', null, 'true'),
        ('patterns.pm.uptrend.S1.entry.min_ratio', 'QD082', 'pm.uptrend.S1.entry', '0.2'),
        ('patterns.pm.uptrend.S1.entry.n_min', 'QD081', 'pm.uptrend.S1.entry', '33'),
        ('patterns.pm.uptrend.S1.entry.pending_max_days', 'QD082', 'pm.uptrend.S1.entry', '30'),
        ('tuning.foo', 'QD080', null, null),
        ('tuning.lookback_days', 'QD081', null, '90'),
        ('tuning.n_min', 'QD082', null, '33')$$,
    'each is told, with what is used instead'
);
select is(
    (select status from analyst.health where check_name = 'settings'), 'warn', 'health says so'
);
select is((learning.apply_retention() ->> 'log'), '0', 'retention goes by the default');

-- Every job of every pattern goes on.
insert into learning.pattern_episode_events (pattern_key, opened_at)
select p.pattern_key, learning.clock() - interval '10 days'
from (values ('pm.uptrend.S1.entry'), ('pm.uptrend.S2.entry')) as p (pattern_key);
select is(learning.close_stale_pendings(learning.clock()), 1::bigint, 'stale pendings by each pattern''s days');
select lives_ok(
    $$select learning.mine_pattern(g.pattern_key, learning.clock(), null)
    from (select distinct pattern_key from learning.gates) as g$$, 'mining'
);
select lives_ok(
    $$select learning.judging_settings(g.pattern_key) from (select distinct pattern_key from learning.gates) as g$$, 'judging'
);
select lives_ok($$refresh materialized view analyst.pattern_scope_stats$$, 'the view of all patterns');
select is(learning.log_settings_problems(null), 10::bigint, 'and the log has them');
select results_eq(
    $$select level, data from learning.learning_log where data ->> 'setting' like '%S1.entry.n_min'$$,
    $$values ('WARNING', '{"pattern_key": "pm.uptrend.S1.entry", "setting": "patterns.pm.uptrend.S1.entry.n_min",
        "code": "QD081", "used": 33,
        "problem": "patterns.pm.uptrend.S1.entry.n_min is \"many\", not a whole number from 1 to 1000000 (experiments)"}'::jsonb)$$,
    'with code, pattern and what is used'
);

-- What was there before does not stand in the way of other changes, and can be taken away.
select is(
    (select h.new_value from learning.set_setting('judge_every', '100') as h), '100', 'another setting can be set'
);
do $$ begin
    perform learning.set_setting(p.path, null) from (select path from learning.settings_problems) as p;
end $$;
select is_empty('select * from learning.settings_problems', 'by its path');
select is((select status from analyst.health where check_name = 'settings'), 'ok', 'then all is well');

select * from finish();
rollback;

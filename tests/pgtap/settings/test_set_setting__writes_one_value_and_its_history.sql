begin;
select plan(24);

create function pg_temp.set(
    p_name text, p_value jsonb, p_pattern text default null, p_gate text default null
) returns text language sql as $$
    select concat_ws(' ', h.pattern_key, h.gate,
        format('%s to %s', coalesce(h.old_value::text, 'unset'), coalesce(h.new_value::text, 'unset')))
    from learning.set_setting(p_name, p_value, p_pattern, p_gate, 'ann') as h
    where h.id is not null
$$;

select is(learning.setting(null, 'n_min'), '33', 'the default');
select is(pg_temp.set('n_min', '20'), 'unset to 20', 'a setting is set');
select is(learning.setting('pm.uptrend.S1.entry', 'n_min'), '20', 'it is in force for every pattern');
select is(pg_temp.set('n_min', '20'), null, 'the same again is no change');
select is(pg_temp.set('n_min', '25', 'pm.uptrend.S1.entry'), 'pm.uptrend.S1.entry unset to 25', 'a pattern''s own');
select is(learning.setting('pm.uptrend.S1.entry', 'n_min'), '25', 'is in force there');
select is(learning.setting('pm.uptrend.S2.entry', 'n_min'), '20', 'and nowhere else');
select is(pg_temp.set('n_min', null), '20 to unset', 'taken away');
select is(learning.setting('pm.uptrend.S2.entry', 'n_min'), '33', 'the default is back');
select is(pg_temp.set('retention_days.log', '7'), 'unset to 7', 'of another module');

-- Switches: for all, a pattern, a gate, whatever comes first.
create function pg_temp.applies() returns text language sql as $$
    select string_agg(learning.overrides_apply(c.config_data -> 'feature_flags', p.pattern_key, p.gate)::text, ' ')
    from learning.learning_configs as c
    cross join (values ('pm.uptrend.S1.entry', 'ts'), ('pm.uptrend.S1.entry', 'halo'), ('pm.uptrend.S2.entry', 'ts')) as p (pattern_key, gate)
    where c.module_id = 'pm'
$$;
select is(pg_temp.applies(), 'true true true', 'on');
do $$ begin perform pg_temp.set('tuning_overrides_enabled', 'false'); end $$;
select is(pg_temp.applies(), 'false false false', 'off for all');
do $$ begin perform pg_temp.set('tuning_overrides_enabled', 'true', 'pm.uptrend.S1.entry'); end $$;
select is(pg_temp.applies(), 'true true false', 'on for one pattern: the others stay off');
do $$ begin perform pg_temp.set('tuning_overrides_enabled', 'false', 'pm.uptrend.S1.entry', 'ts'); end $$;
select is(pg_temp.applies(), 'false true false', 'but not for one of its gates');
do $$ begin perform pg_temp.set('tuning_overrides_enabled', 'true'); end $$;
select is(pg_temp.applies(), 'false true true', 'on again, the gate''s own stays');
select is(learning.setting_value('tuning_overrides_enabled', 'pm.uptrend.S1.entry', 'ts'), 'false', 'its value in force');
do $$ begin perform pg_temp.set('tuning_overrides_enabled', null, 'pm.uptrend.S1.entry', 'ts'); end $$;
select is(pg_temp.applies(), 'true true true', 'until it is taken away');

select throws_ok($$select learning.set_setting('n_mni', '20')$$, 'QD080', 'n_mni is no setting', 'no setting');
select throws_ok($$select learning.set_setting('global_roi', '{}')$$, 'QD080', 'global_roi is no setting', 'state is none');
select throws_ok($$select learning.set_setting('shadow', 'true', 'pm.uptrend.S1.entry')$$, 'QD083', 'shadow has no value per pattern', 'for all only');
select throws_ok($$select learning.set_setting('n_min', '20', 'pm.uptrend.S1.entry', 'ts')$$, 'QD083', 'n_min has no value per gate', 'not per gate');
select throws_ok($$select learning.set_setting('n_min', '20', 'pm.uptrend.S9.entry')$$, 'QD083', 'no pattern pm.uptrend.S9.entry is known', 'no pattern');

select results_eq(
    $$select setting, pattern_key, gate, old_value, new_value, changed_by
    from learning.learning_configs_history order by id limit 5$$,
    $$values
        ('n_min', null, null, null::jsonb, '20'::jsonb, 'ann'),
        ('n_min', 'pm.uptrend.S1.entry', null, null, '25', 'ann'),
        ('n_min', null, null, '20', null, 'ann'),
        ('retention_days.log', null, null, null, '7', 'ann'),
        ('tuning_overrides_enabled', null, null, null, 'false', 'ann')$$,
    'the history: what was and what became, by whom'
);
update learning.learning_configs
set config_data = config_data || '{"tuning": {"judge_every": 100}}' where module_id = 'pm';
select results_eq(
    $$select setting, new_value, changed_by = session_user from learning.learning_configs_history order by id desc limit 1$$,
    $$values ('judge_every', '100'::jsonb, true)$$, 'a plain update is kept too'
);

select * from finish();
rollback;

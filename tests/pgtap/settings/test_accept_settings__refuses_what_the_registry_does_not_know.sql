begin;
select plan(34);

create function pg_temp.configure(p_config jsonb, p_module_id text default 'pm') returns text
language plpgsql as $$
declare
    v_detail text;
begin
    update learning.learning_configs as c set config_data = p_config where c.module_id = p_module_id;
    return null;
exception
    when others then
        get stacked diagnostics v_detail = pg_exception_detail;
        return concat_ws(' ', sqlstate, sqlerrm, nullif(v_detail, ''));
end
$$;

-- Every row of the registry: its default and what lies on the edges of its range pass, what lies
-- beyond, another type, a text, null, an array and an object do not.
create function pg_temp.code(p_setting text, p_value jsonb) returns text language plpgsql as $$
begin
    perform learning.set_setting(p_setting, p_value);
    return 'accepted';
exception
    when others then
        return sqlstate;
end
$$;
create temporary table tried as
select k.name, v.value, v.wanted, pg_temp.code(k.name, v.value) as found
from learning.known_settings() as k
cross join lateral (
    values
        (coalesce(k.default_value, 'null'), 'accepted'),
        (
            to_jsonb(k.smallest),
            case k.name when 'retention_days.events' then 'QD086' else 'accepted' end
        ),
        (to_jsonb(k.largest), 'accepted'),
        (to_jsonb(k.smallest - 1), 'QD082'),
        (to_jsonb(k.largest + 1), 'QD082'),
        ('1e400', case when k.smallest is null then 'QD081' else 'QD082' end),
        (case when k.type = 'integer' then to_jsonb(k.smallest + 0.5) end, 'QD082'),
        ('"NaN"', case when k.type = 'choice' then 'QD082' else 'QD081' end),
        ('"off"', case when k.type = 'choice' then 'QD082' else 'QD081' end),
        ('"33"', case when k.type = 'choice' then 'QD082' else 'QD081' end),
        (case when k.type <> 'switch' then 'true'::jsonb end, 'QD081'),
        (case when k.default_value <> 'null' then 'null'::jsonb end, 'QD081'),
        ('[1]', 'QD081'),
        (case when k.type <> 'switch' then '{"a": 1}'::jsonb end, 'QD081')
) as v (value, wanted)
where not k.is_state and v.value is not null;
select is_empty(
    'select * from tried where wanted is distinct from found', 'values of every setting in the registry'
);
select cmp_ok((select count(*) from tried), '>', 180::bigint, 'many of them');
select is_empty(
    $$select k.name from learning.known_settings() as k
    where not k.is_state and k.name not in ('max_dims', 'retention_days.events')
        and not jsonb_path_exists(k.default_value, k.rule::jsonpath)$$,
    'defaults are what the rules accept'
);

update learning.learning_configs
set config_data = '{"tuning": {}, "patterns": {}, "feature_flags": {}}' where module_id = 'pm';
update learning.learning_configs set config_data = '{}' where module_id = 'operations';

-- The door is the table's: by whatever statement.
select matches(pg_temp.configure('{"tuning": {"min_ratio": 5000}}'), '^QD082 tuning.min_ratio is 5000, not a number from 0 to 1000', 'min_ratio 5');
select matches(pg_temp.configure('{"tuning": {"lookback_days": -1}}'), '^QD082', 'lookback_days -1');
select matches(pg_temp.configure('{"tuning": {"n_min": 0}}'), '^QD082', 'n_min 0');
select matches(pg_temp.configure('{"tuning": {"n_min": 2.5}}'), '^QD082', 'n_min 2.5');
select matches(pg_temp.configure('{"tuning": {"min_ratio": "NaN"}}'), '^QD081', 'NaN');
select matches(pg_temp.configure('{"retention_days": {"log": -1}}', 'operations'), '^QD082', 'retention -1');
select matches(pg_temp.configure('{"retention_days": {"lgo": 1}}', 'operations'), '^QD080', 'a kind nobody keeps');
select matches(pg_temp.configure('{"retention_days": 90}', 'operations'), '^QD080', 'a number where a group belongs');
select matches(pg_temp.configure('{"tuning": {"n_mni": 20}}'), '^QD080 tuning.n_mni is no setting', 'a slip of the pen');
select matches(pg_temp.configure('{"tunning": {"n_min": 20}}'), '^QD080', 'an unknown group');
select matches(pg_temp.configure('{"feature_flags": {"learning_overrides_enabled": true}}'), '^QD080', 'a switch that nobody reads');
select matches(pg_temp.configure('{"feature_flags": {"shadow": "off"}}'), '^QD081', 'switches are booleans');
select matches(pg_temp.configure('{"feature_flags": {"tuning_overrides_enabled": "off"}}'), '^QD081 .* is "off", not true or false', 'off is no boolean');
select matches(pg_temp.configure('{"feature_flags": {"tuning_overrides_enabled": {"pm.uptrend.S1.entry": "off"}}}'), '^QD081', 'nor for a pattern');
select matches(pg_temp.configure('{"feature_flags": {"tuning_overrides_enabled": {"pm.uptrend.S1.entry": {"ts": 0}}}}'), '^QD081', 'nor is 0 for a gate');
select matches(pg_temp.configure('{"feature_flags": {"tuning_overrides_enabled": {"pm.uptrend.S1.entry": {"tss": false}}}}'), '^QD083', 'a gate the pattern does not have');
select matches(pg_temp.configure('{"feature_flags": {"tuning_overrides_enabled": {"pm.uptrend.S1.entri": false}}}'), '^QD083', 'a pattern nobody knows');
select matches(pg_temp.configure('{"feature_flags": {"shadow": {"pm.uptrend.S1.entry": true}}}'), '^QD081', 'shadow is for all');
select matches(pg_temp.configure('{"patterns": {"pm.uptrend.S1.entry": {"n_min": 0}}}'), '^QD082 patterns.pm.uptrend.S1.entry.n_min is 0', 'a pattern''s own value');
select matches(pg_temp.configure('{"patterns": {"pm.s1_entry": {"n_min": 20}}}'), '^QD083', 'a legacy spelling');
select matches(pg_temp.configure('{"patterns": {"pm.uptrend.S1.entry": {"shadow": true}}}'), '^QD080', 'shadow is no setting of patterns');
select is(
    pg_temp.configure('{"patterns": {"pm.uptrend.S1.entry": {"n_min": 20}},
        "feature_flags": {"tuning_overrides_enabled": {"*": false, "pm.uptrend.S1.entry": {"*": true, "ts": false}}}}'),
    null, 'what is known is accepted'
);
select matches(
    pg_temp.configure('{"tuning": {"n_min": 0, "min_ratio": 5000, "foo": 1}}'),
    '^QD080 3 settings are refused QD080 tuning.foo is no setting; QD082 tuning.min_ratio is 5000.*; QD082 tuning.n_min is 0', 'all that is wrong at once'
);
select throws_ok(
    $$insert into learning.learning_configs (module_id) values ('mp')$$, 'QD080', 'there is no module mp', 'an unknown module'
);
create function pg_temp.hint(p_name text) returns text language plpgsql as $$
declare
    v_hint text;
begin
    perform learning.set_setting(p_name, '1');
exception
    when others then
        get stacked diagnostics v_hint = pg_exception_hint;
        return v_hint;
end
$$;
select matches(pg_temp.hint('lookback_day'), '^Known are: lookback_days, ', 'the closest name comes first');

-- State is looked at, and has no history.
select matches(pg_temp.configure('{"global_roi": {"n": 1.5}}', 'decision_maker'), '^QD084', 'half a trade');
select matches(pg_temp.configure('{"global_roi": {"n": 1, "updated_at": "soon"}}', 'decision_maker'), '^QD084', 'a time that is none');
select matches(pg_temp.configure('{"alloc_overrides": 1}', 'dm'), '^QD084', 'no list');
select is(pg_temp.configure('{"timeframe_weights": {"1m": 2}, "global_roi": {"n": 3, "roi_short": null}}', 'decision_maker'), null, 'an older system''s weights stay');
select is_empty(
    $$select * from learning.learning_configs_history where module_id in ('dm', 'decision_maker') and setting <> 'allocation.profile'$$, 'allocations are no settings'
);
select is_empty(
    $$select * from learning.settings_problems$$, 'nothing bad got in'
);

select * from finish();
rollback;

begin;
select plan(19);

create function pg_temp.lesson(
    p_scope jsonb, p_misses integer, p_fps integer, p_dodged integer, p_sampled integer,
    p_pattern text default 'pm.uptrend.S1.entry'
)
returns void
language sql
as $$
    insert into learning.slice_rates (
        pattern_key, slice_key, acted_success, acted_failure, skipped_success, skipped_failure,
        n_policy, weight, n_sampled, n_valued
    )
    values (p_pattern, p_scope::text, 0, p_fps, p_misses, p_dodged, 0, 0, p_sampled, 0);
    insert into learning.lessons (module, lesson_type, pattern_key, scope_subset, slice_key, n)
    values ('pm', 'tuning_rates', p_pattern, p_scope, p_scope::text, 104)
$$;
create function pg_temp.drifts(p_scope jsonb)
returns table (category text, multiplier numeric)
language sql
as $$
    select o.action_category, round(o.multiplier::numeric, 4)
    from (select distinct g.pattern_key from learning.gates as g) as p
    cross join lateral learning.drift_overrides(p.pattern_key) as o
    where o.scope_subset = p_scope
    order by 1
$$;

select is(
    round(learning.drift_multiplier(40, 'at_least', 0.5, 2)::numeric, 4), 0.8187,
    'misses lower a threshold: exp(-0.2)'
);
select is(
    round(learning.drift_multiplier(40, 'at_most', 0.5, 2)::numeric, 4), 1.2214,
    'misses widen a distance: exp(0.2)'
);
select is(learning.drift_multiplier(1000, 'at_least', 0, 9), 0.5::double precision, 'never below 0.5');
select is(learning.drift_multiplier(1000000, 'at_most', 0, 9), 2::double precision, 'never above 2');
select is(learning.drift_multiplier(0, 'at_most', 0.5, 2), 1::double precision, 'no pressure, no drift');

do $do$ begin
    perform pg_temp.lesson('{}', 8, 5, 89, 0);
    perform pg_temp.lesson('{"bucket": "many"}', 40, 0, 60, 52);
    perform pg_temp.lesson('{"bucket": "dodges"}', 40, 0, 360, 0);
    perform pg_temp.lesson('{"bucket": "mixed"}', 40, 21, 60, 0);
    perform pg_temp.lesson('{"bucket": "thin"}', 2, 0, 3, 0);
    perform pg_temp.lesson('{"bucket": "fps"}', 0, 20, 84, 0);
    perform pg_temp.lesson('{"bucket": "sampled"}', 40, 0, 60, 53);
    perform pg_temp.lesson('{"bucket": "retest"}', 12, 0, 0, 0, 'pm.uptrend.S3.retest');
    perform pg_temp.lesson('{"bucket": "ladder"}', 12, 0, 0, 0, 'pm.uptrend.S3.dx');
end $do$;

select is_empty(
    $$select * from pg_temp.drifts('{}')$$,
    '8 misses to 5 false positives at DR .918: nothing'
);
select is(
    (select p.pressure from analyst.pressure as p where p.scope_subset = '{}'), 3::bigint,
    'the pressure of that case is +3'
);
select results_eq(
    $$select * from pg_temp.drifts('{"bucket": "many"}')$$,
    $$values ('tuning_halo', 1.2000), ('tuning_ts_min', 0.8333)$$,
    '40 misses to none below DR .90: ts x .8333, halo x 1.2 (each lever''s own range); slope stays'
);
select results_eq(
    $$select round(p.threshold_unclamped::numeric, 4), round(p.halo_unclamped::numeric, 4),
        round(p.halo_multiplier::numeric, 4)
    from analyst.pressure as p where p.scope_subset = '{"bucket": "many"}'$$,
    $$values (0.8187, 1.2214, 1.2000)$$, 'analysts see the halo unclamped too'
);
select is_empty(
    $$select * from pg_temp.drifts('{"bucket": "dodges"}')$$, 'never looser from DR .90 up'
);
select is_empty(
    $$select * from pg_temp.drifts('{"bucket": "mixed"}')$$, 'conflicting evidence writes nothing'
);
select is_empty($$select * from pg_temp.drifts('{"bucket": "thin"}')$$, 'two misses are thin');
select results_eq(
    $$select * from pg_temp.drifts('{"bucket": "fps"}')$$,
    $$values ('tuning_halo', 0.9048), ('tuning_ts_min', 1.1052)$$,
    'false positives tighten at any dodge rate'
);
select is_empty(
    $$select * from pg_temp.drifts('{"bucket": "sampled"}')$$,
    'with samples on more than half of its events a lesson is simulated instead'
);
select results_eq(
    $$select * from pg_temp.drifts('{"bucket": "retest"}')$$,
    $$values ('tuning_dx_min', 0.9418), ('tuning_ts_min', 0.9418)$$,
    'the retest drifts ts and dx'
);
select is_empty($$select * from pg_temp.drifts('{"bucket": "ladder"}')$$, 'the ladder does not drift');
select is(
    (select o.confidence_score from learning.drift_overrides('pm.uptrend.S1.entry') as o limit 1),
    round(104 / 154.0, 4)::double precision, 'confidence is n / (n + 50)'
);

select is(
    (select distinct o.status from learning.drift_overrides('pm.uptrend.S1.entry') as o),
    'proposed', 'drift proposes'
);
update learning.learning_configs as c
set config_data = jsonb_set(c.config_data, '{tuning}', c.config_data -> 'tuning' || '{"profile": "plan"}')
where c.module_id = 'pm';
select is(
    (select distinct o.status from learning.drift_overrides('pm.uptrend.S1.entry') as o),
    'active', 'under the profile plan it acts'
);

select * from finish();
rollback;

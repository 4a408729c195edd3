begin;
select plan(21);

-- A lesson with its stored grid: one candidate of note (12: ts -0.05) with its figures.
create function pg_temp.slice(
    p_id bigint, p_scope jsonb, p_p double precision, p_benefit double precision,
    p_cost double precision, p_qualifies boolean default true
)
returns void
language sql
as $$
    insert into learning.slice_rates (
        pattern_key, slice_key, acted_success, acted_failure, skipped_success, skipped_failure,
        n_policy, weight, n_sampled, n_valued
    )
    values ('pm.uptrend.S1.entry', left(p_id::text, (p_scope <> '{}')::integer), 0, 0, 0, 100, 0, 0, 100, 0);
    insert into learning.lessons (
        id, module, lesson_type, pattern_key, scope_subset, slice_key, n, evidence_stamp
    )
    overriding system value
    values (
        p_id, 'pm', 'tuning_rates', 'pm.uptrend.S1.entry', p_scope,
        left(p_id::text, (p_scope <> '{}')::integer), 100, 'one'
    );
    insert into learning.gate_simulations (
        lesson_id, kind, evidence_stamp, value_mode, n_events, n_days, dodge_rate, tested, skipped,
        draws, misses_caught, failures_added, failures_avoided, wins_lost, benefit, cost, z, p,
        qualifies, candidate, steps, chosen_p, chosen_z, chosen_ratio, reason
    )
    select p_id, 'own', 'one:' || s.stamp, 'value', 100, 30, 0.8, 124, 0, 500,
        array_fill(5, '{124}'), array_fill(1, '{124}'), array_fill(0, '{124}'),
        array_fill(0, '{124}'), array_fill(p_benefit, '{124}'), array_fill(p_cost, '{124}'),
        array_fill(2.0, '{124}'), array_fill(p_p, '{124}'), array_fill(p_qualifies, '{124}'),
        case when p_qualifies then c.candidate end, case when p_qualifies then c.steps end,
        case when p_qualifies then p_p else 1 end, 2.0, 3.0,
        case when p_qualifies then '' else 'best ratio 1.00' end
    from learning.judging_settings('pm.uptrend.S1.entry') as s
    cross join learning.gate_grid('pm.uptrend.S1.entry') as c
    where c.steps = '{"ts": -0.05, "halo": 0, "slope": 0}'
$$;
create function pg_temp.new_run(p_id bigint) returns void
language sql
as $$
    insert into learning.learning_runs (id, job, status) overriding system value
    values (p_id, 'quadrant.judge', 'waiting')
$$;
create function pg_temp.answer(p_p double precision)
returns bigint
language sql
as $$
    select learning.store_simulations(
        (select s.stamp from learning.judging_settings('pm.uptrend.S1.entry') as s),
        jsonb_agg(jsonb_build_object(
            'request_id', r.id, 'value_mode', 'value', 'n_events', 60, 'n_days', 20,
            'dodge_rate', 0.8, 'tested', 124, 'skipped', 0, 'draws', 500,
            'misses_caught', array_fill(4, '{124}')::text,
            'failures_added', array_fill(1, '{124}')::text,
            'failures_avoided', array_fill(0, '{124}')::text,
            'wins_lost', array_fill(0, '{124}')::text, 'benefit', array_fill(3.0, '{124}')::text,
            'cost', array_fill(1.0, '{124}')::text, 'z', array_fill(2.0, '{124}')::text,
            'p', array_fill(p_p, '{124}')::text, 'qualifies', array_fill(true, '{124}')::text,
            'candidate', 12, 'ratio', 3.0, 'reason', ''
        ))
    )
    from learning.simulation_requests as r
$$;
create function pg_temp.verdicts() returns jsonb
language sql
as $$
    select jsonb_object_agg(s.lesson_id, s.verdict)
    from learning.gate_simulations as s where s.kind = 'own'
$$;

do $do$ begin
    perform pg_temp.slice(1, '{}', 0.001, 30, 10);
    perform pg_temp.slice(2, '{"bucket": "micro"}', 0.001, 20, 4);
    perform pg_temp.slice(3, '{"bucket": "mid"}', 0.9, 2, 6, false);    -- loses under ts -0.05
    perform pg_temp.slice(4, '{"bucket": "big"}', 0.9, 6, 6, false);    -- even
    perform pg_temp.slice(5, '{"chain": "x"}', 0.4, 9, 3);              -- qualifies, lacks evidence
    perform pg_temp.new_run(901);
end $do$;

select is(
    learning.finish_judging(901), 1, 'the global slice must be judged on what it governs first'
);
select results_eq(
    $$select r.lesson_id, r.kind, r.exclusions, r.evidence_stamp
    from learning.simulation_requests as r$$,
    $$values (1::bigint, 'governed', '[{"bucket": "micro"}]'::jsonb, 'one')$$,
    'asked for without the events of the slice below it'
);
select is((select count(*) from learning.pm_overrides), 0::bigint, 'nothing is written before');
select is(learning.finish_judging(901), 0, 'while the request is open the run waits');
select is(
    (select r.status from learning.learning_runs as r where r.id = 901), 'waiting', 'and stays open'
);
select is(pg_temp.answer(0.002), 1::bigint, 'a worker answers: it passes');
select results_eq(
    $$select s.steps, s.chosen_p, s.chosen_ratio, s.run_id, r.status
    from learning.gate_simulations as s
    join learning.simulation_requests as r using (lesson_id, kind)$$,
    $$values ('{"ts": -0.1, "halo": 0, "slope": -0.01}'::jsonb, 0.002::double precision,
        3::double precision, 901::bigint, 'done')$$,
    'its grid is stored with the steps of the candidate, the request closed'
);
select is(pg_temp.answer(0.9), 0::bigint, 'a closed request takes no other answer');
select is(learning.finish_judging(901), 0, 'all is there');
select is(
    pg_temp.verdicts(),
    '{"1": "kept", "2": "kept", "3": "pinned", "4": "none", "5": "proposed"}',
    'both are kept; the slice that loses under the global solution is pinned'
);
select results_eq(
    $$select o.action_category, o.multiplier, o.delta, o.status
    from learning.pm_overrides as o where o.scope_subset = '{"bucket": "micro"}' order by 1$$,
    $$values ('tuning_halo', 1::double precision, 0::double precision, 'active'),
        ('tuning_slope_min', 1, 0, 'active'), ('tuning_ts_min', (0.6 - 0.05) / 0.6, 0, 'active')$$,
    'a solution is one row per lever, levers left at base too'
);
select results_eq(
    $$select distinct o.multiplier, o.delta, o.status, o.evidence -> 'neutral_pin'
    from learning.pm_overrides as o where o.scope_subset = '{"bucket": "mid"}'$$,
    $$values (1::double precision, 0::double precision, 'active', 'true'::jsonb)$$,
    'a neutral pin is three neutral rows and says so'
);
select results_eq(
    $$select distinct o.status, o.evidence -> 'p' from learning.pm_overrides as o
    where o.scope_subset = '{"chain": "x"}'$$,
    $$values ('proposed', '0.4'::jsonb)$$, 'what lacks evidence is shown with its p, not applied'
);
select is(
    (select r.status from learning.learning_runs as r where r.id = 901), 'done', 'the run is done'
);
select is(
    (select count(distinct h.run_id) from learning.pm_overrides_history as h), 1::bigint,
    'the history names the run'
);

-- Another run over the same evidence.
do $do$ begin
    perform pg_temp.new_run(902);
end $do$;
select is(learning.finish_judging(902), 0, 'the stored governed grid still holds');
select is(
    (select count(*) from learning.pm_overrides_history as h where h.run_id = 902), 0::bigint,
    'unchanged rows are untouched'
);

-- The parent's effect was the child's: its governed p fails.
update learning.gate_simulations set chosen_p = 0.9 where kind = 'governed';
do $do$ begin
    perform pg_temp.new_run(903);
end $do$;
select is(learning.finish_judging(903), 0, 'judged again');
select is(
    pg_temp.verdicts(),
    '{"1": "proposed", "2": "kept", "3": "none", "4": "none", "5": "proposed"}',
    'the parent is dropped, and with it the pin below it'
);

-- q (0.04 x 0.4 x 4 x 5 / 2 = 0.16) between evidence_q and twice that: kept where it is in force, not created where it is not.
update learning.gate_simulations set chosen_p = 0.04 where lesson_id in (2, 5);
update learning.gate_simulations set chosen_p = 1 where lesson_id = 1;
do $do$ begin
    perform pg_temp.new_run(904);
end $do$;
select is(learning.finish_judging(904), 0, 'judged on weaker evidence');
select results_eq(
    $$select s.lesson_id, s.verdict, s.q > 0.10 and s.q <= 0.20
    from learning.gate_simulations as s where s.lesson_id in (2, 5) and s.kind = 'own' order by 1$$,
    $$values (2::bigint, 'kept', true), (5, 'proposed', true)$$,
    'what is in force does not flicker'
);

select * from finish();
rollback;

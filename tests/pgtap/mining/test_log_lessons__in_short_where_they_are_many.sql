begin;
select plan(3);

insert into learning.lessons (
    module, lesson_type, pattern_key, scope_subset, slice_key, n, verdict
)
select 'pm', 'tuning_rates', 'pm.uptrend.S1.entry', jsonb_build_object('bucket', i), 'k' || i,
    33 + i, case when i % 4 = 0 then 'tighten' else 'hold' end
from generate_series(1, 1001) as i;
insert into learning.slice_rates (
    pattern_key, slice_key, acted_success, acted_failure, skipped_success, skipped_failure,
    n_policy, weight, success_weight, n_sampled, n_valued
)
select 'pm.uptrend.S1.entry', 'k' || i, 1, 2, 3, 27 + i, 0, 0, 0, 0, 0
from generate_series(1, 1001) as i;

select is(
    learning.log_lessons(
        null, 'lesson', array(select l.id from learning.lessons as l where l.n <= 1033)
    ),
    1000::bigint, 'a thousand lessons are a thousand lines'
);
delete from learning.learning_log;
select is(
    learning.log_lessons(null, 'lesson', array(select l.id from learning.lessons as l)), 2::bigint,
    'more are a line per verdict'
);
select results_eq(
    $$select data from learning.learning_log order by data ->> 'verdict'$$,
    $$values ('{"pattern_key": "pm.uptrend.S1.entry", "verdict": "hold", "lessons": 751,
            "n_from": 34, "n_to": 1034}'::jsonb),
        ('{"pattern_key": "pm.uptrend.S1.entry", "verdict": "tighten", "lessons": 250,
            "n_from": 37, "n_to": 1033}')$$,
    'with how many they are and how large'
);
select * from finish();
rollback;

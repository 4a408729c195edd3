begin;
select plan(4);

create function pg_temp.came(p_chain text, p_quadrant text, p_n integer) returns void
language sql as $$
    insert into learning.mining_contributions (
        pattern_key, attempt_id, experiment_id, decided_at, scope, quadrant, weight, has_samples, mining
    )
    select 'pm.uptrend.S1.entry', p_chain, i, learning.clock(), jsonb_build_object('chain', p_chain),
        p_quadrant, 4294967296, false, 1
    from generate_series(1, p_n) as i
$$;
create function pg_temp.has_new() returns boolean language sql as $$
    select learning.has_new_slices('pm.uptrend.S1.entry', 0, 3, 5)
$$;
do $$begin perform pg_temp.came('a', 'acted_failure', 5); perform pg_temp.came('b', 'policy', 5); end$$;
select is(learning.code_values('pm.uptrend.S1.entry', 5, true), 1::bigint, 'a value gets a code');
select is((select value from learning.mining_codes), 'a', 'by experiments, not by policy skips');

insert into learning.slice_rates (
    pattern_key, slice_key, acted_success, acted_failure, skipped_success, skipped_failure,
    n_policy, weight, success_weight, n_sampled, n_valued
)
select 'pm.uptrend.S1.entry', k, 0, 5, 0, 0, 0, 0, 0, 0, 0
from (select '' union all select item from learning.mining_codes) as s (k);
select is(pg_temp.has_new(), false, 'policy skips make no slice');
do $$begin perform pg_temp.came('c', 'acted_failure', 3); end$$;
select is(pg_temp.has_new(), true, 'experiments do');

select * from finish();
rollback;

begin;
select plan(8);

create function pg_temp.average(p_rois numeric[], p_days numeric[]) returns numeric[] language plpgsql as $$
declare
    v_mean numeric;
    v_mass numeric;
    v_newest timestamptz;
    v_at timestamptz;
begin
    for i in 1..cardinality(p_rois) loop
        v_at := '2026-01-01 00:00+00'::timestamptz + p_days[i] * interval '1 day';
        select a.mean, a.mass into v_mean, v_mass
        from learning.roi_average(v_mean, v_mass, coalesce(v_newest, v_at), p_rois[i], v_at, interval '14 days') as a;
        v_newest := greatest(v_newest, v_at);
    end loop;
    return array[v_mean, v_mass];
end
$$;

select is(pg_temp.average('{0.05}', '{0}'), '{0.05, 1}', 'the first trade is the average');
select is(pg_temp.average('{0.05, -0.01}', '{0, 0}'), '{0.02, 2}', 'two at once: the mean');
select is(
    pg_temp.average('{0.05, -0.01}', '{0, 14}'), '{0.006136485282, 1.367879441171}',
    '14 days on, the old one weighs 1/e'
);
select is(
    pg_temp.average('{-0.01, 0.05}', '{14, 0}'), '{0.006136485282, 1.367879441171}',
    'told late, it weighs the same'
);
select is(pg_temp.average('{0.05, -0.01}', '{0, 30000}'), '{-0.01, 1}', 'what is very old is forgotten');
select is(pg_temp.average('{-0.01, 0.05}', '{30000, 0}'), '{-0.01, 1}', 'told late as well');
select ok(
    (select max(abs(a.v[1] - b.v[1])) < 1e-10 and max(abs(a.v[2] - b.v[2])) < 1e-10
    from (select pg_temp.average('{0.1, -0.5, 2, 0, 7}', '{0, 3, 9, 20, 21.5}')) as a (v)
    cross join (select pg_temp.average('{2, 7, 0, -0.5, 0.1}', '{9, 21.5, 20, 3, 0}')) as b (v)),
    'the order of telling does not matter'
);
select is(
    pg_temp.average('{5e-324, 1e-300, -1}', '{0, 0, 0}'), '{-0.333333333333, 3}', 'the smallest numbers do no harm'
);

select * from finish();
rollback;

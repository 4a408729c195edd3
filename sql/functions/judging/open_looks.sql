-- Opens a look at every pattern that is due, in a judging run, and asks the worker for the
-- comparison of every slice's grid with the base gates: slices with a tuning lesson (no copies,
-- with samples) and those with a live solution. Due: judge_every days after the last decided look
-- (profile plan: whenever something was mined since), or p_anyway. Returns the number of requests,
-- and announces them once.
create or replace function learning.open_looks(
    p_run_id bigint, p_as_of timestamptz, p_anyway boolean default false
)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_day date := (p_as_of at time zone 'utc')::date;
    v_requests integer;
begin
    insert into learning.looks (
        run_id, pattern_key, profile, look_day, looked_at, n_levers, move
    )
    select p_run_id, k.pattern_key, s.profile, v_day, p_as_of, g.n_levers, g.move
    from (
        select t.pattern_key from learning.tuning_lessons as t
        union
        select o.pattern_key
        from learning.solutions as o
        where o.status in ('active', 'proposed', 'suspended')
    ) as k
    cross join lateral (
        select learning.judging_profile(k.pattern_key) as profile,
            learning.setting(k.pattern_key, 'judge_every')::integer as every
    ) as s
    cross join lateral (
        -- Arrays that begin at 0.
        select (array_agg(p.n_levers order by p.candidate))::text as n_levers,
            (array_agg(p.move order by p.candidate))::text as move, max(p.candidate) as last
        from learning.policies(k.pattern_key) as p
    ) as a
    cross join lateral (
        select format('[0:%s]=%s', a.last, a.n_levers)::integer[] as n_levers,
            format('[0:%s]=%s', a.last, a.move)::double precision[] as move
    ) as g
    where p_anyway
        or s.profile = 'plan'
        or not exists (
            select from learning.looks as l
            where l.pattern_key = k.pattern_key
                and l.status = 'decided'
                and l.look_day > v_day - s.every
                and l.look_day <= v_day
        );

    insert into learning.look_slices (look_id, lesson_id, scope_subset, depth)
    select k.id, t.lesson_id, t.scope_subset, t.depth
    from learning.looks as k
    join learning.tuning_lessons as t on t.pattern_key = k.pattern_key
    where k.run_id = p_run_id
        and t.closed
        and t.simulated
        and t.depth <= learning.setting(k.pattern_key, 'judged_depth')::integer
    union
    select k.id, o.lesson_id, o.scope_subset, o.depth
    from learning.looks as k
    join learning.solutions as o on o.pattern_key = k.pattern_key
    where k.run_id = p_run_id
        and o.status in ('active', 'proposed', 'suspended')
        and o.lesson_id is not null;

    insert into learning.simulation_requests (run_id, look_id, lesson_id)
    select p_run_id, s.look_id, s.lesson_id
    from learning.look_slices as s
    join learning.looks as k on k.id = s.look_id
    where k.run_id = p_run_id
    order by k.pattern_key, s.depth, s.scope_subset::text;
    get diagnostics v_requests = row_count;
    if v_requests > 0 then
        perform pg_notify('simulation_requests', p_run_id::text);
    end if;
    return v_requests;
end
$$;
comment on function learning.open_looks(bigint, timestamptz, boolean) is
    'Opens looks at the patterns that are due and asks for the comparisons they need; returns how many.';

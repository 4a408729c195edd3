-- The best candidates a grid did not choose, by z: steps, counts, ratio, p and whether they
-- qualified.
create or replace function learning.losing_candidates(p_simulation_id bigint, p_limit integer)
returns table (
    candidate integer, steps jsonb, misses_caught integer, failures_added integer,
    failures_avoided integer, wins_lost integer, benefit double precision, cost double precision,
    z double precision, p double precision, qualifies boolean
)
language sql stable
as $$
    select c.candidate, c.steps, s.misses_caught[c.candidate], s.failures_added[c.candidate],
        s.failures_avoided[c.candidate], s.wins_lost[c.candidate], s.benefit[c.candidate],
        s.cost[c.candidate], s.z[c.candidate], s.p[c.candidate], s.qualifies[c.candidate]
    from learning.gate_simulations as s
    join learning.lessons as l on l.id = s.lesson_id
    cross join lateral learning.gate_grid(l.pattern_key) as c
    where s.id = p_simulation_id
        and c.candidate is distinct from s.candidate
        and s.z[c.candidate] is not null
    order by s.qualifies[c.candidate] desc, s.z[c.candidate] desc, c.candidate
    limit p_limit
$$;
comment on function learning.losing_candidates(bigint, integer) is
    'Candidates of a grid that were not chosen: those that qualified first, then by z.';

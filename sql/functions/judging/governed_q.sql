-- The q a governed grid's p would have in its slice's place: p over the slice's weight, against the
-- threshold the pattern's accepted slices set (rank R of m): least(1, p / weight x m / R).
create or replace function learning.governed_q(p_simulation_id bigint)
returns double precision
language plpgsql stable
set search_path = ''
as $$
begin
    return (
        with asked as materialized (
            select t.pattern_key, t.depth, g.chosen_p,
                greatest(own.q, learning.evidence_q(t.pattern_key)) as level
            from learning.gate_simulations as g
            join learning.gate_simulations as own
                on own.lesson_id = g.lesson_id and own.kind = 'own'
            join learning.tuning_lessons as t on t.lesson_id = g.lesson_id
            where g.id = p_simulation_id
        ),
        pattern as (
            select count(*) as m,
                avg(power(4.0::double precision, -t.depth)) as mean_weight,
                count(*) filter (where own.q <= a.level) as accepted
            from asked as a
            join learning.tuning_lessons as t on t.pattern_key = a.pattern_key
            left join learning.gate_simulations as own
                on own.lesson_id = t.lesson_id and own.kind = 'own'
            where t.closed and t.simulated
        )
        select least(
            1,
            a.chosen_p * p.mean_weight * power(4.0::double precision, a.depth)
                * p.m / greatest(p.accepted, 1)
        )
        from asked as a
        cross join pattern as p
    );
end
$$;
comment on function learning.governed_q(bigint) is
    'q of a grid judged on governed events, by the weighted threshold of its pattern''s run.';

-- How a solution stands in its pattern's newest decided look: its candidate there, and the
-- comparison it goes by (else the one with base). No row when its slice was not looked at.
create or replace function learning.standing_of(p_solution_id bigint)
returns table (
    look_id bigint, look_day date, lesson_id bigint, candidate integer, verdict text, reason text,
    simulation learning.gate_simulations
)
language sql stable
as $$
    select k.id, k.look_day, l.lesson_id, p.candidate, l.verdict, l.reason, g
    from learning.solutions as s
    cross join lateral (
        select n.id, n.look_day
        from learning.looks as n
        where n.pattern_key = s.pattern_key and n.status = 'decided'
        order by n.id desc
        limit 1
    ) as k
    join learning.look_slices as l on l.look_id = k.id and l.scope_subset = s.scope_subset
    join learning.gate_simulations as g on g.look_id = k.id and g.lesson_id = l.lesson_id
    join learning.policies(s.pattern_key) as p on p.steps = s.steps
    where s.id = p_solution_id
        and (g.id = l.simulation_id or g.reference = '[]' and g.exclusions = '[]')
    order by (g.id = l.simulation_id) desc nulls last
    limit 1
$$;
comment on function learning.standing_of(bigint) is
    'A solution''s candidate and comparison in its pattern''s newest decided look.';

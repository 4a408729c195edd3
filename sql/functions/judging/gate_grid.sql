-- The grid of a pattern: every combination of its gates' steps but the zero point (S1: 124), in a
-- fixed order that gate_simulations' arrays follow. Gates with a single step are not levers of it.
create or replace function learning.gate_grid(p_pattern_key text)
returns table (candidate integer, steps jsonb, n_levers integer)
language sql stable parallel safe
as $$
    with recursive levers as (
        select g.gate, g.steps, row_number() over (order by g.ordinal) as place
        from learning.gates as g
        where g.pattern_key = p_pattern_key and cardinality(g.steps) > 1
    ),
    combinations as (
        select 0::bigint as place, '{}'::jsonb as steps, '{}'::integer[] as path, 0 as n_levers
        union all
        select l.place, c.steps || jsonb_build_object(l.gate, s.step),
            c.path || s.position::integer,
            c.n_levers + (s.step <> 0)::integer
        from combinations as c
        join levers as l on l.place = c.place + 1
        cross join unnest(l.steps) with ordinality as s (step, position)
    )
    select row_number() over (order by c.path)::integer, c.steps, c.n_levers
    from combinations as c
    where c.place = (select max(l.place) from levers as l) and c.n_levers > 0
    order by c.path
$$;
comment on function learning.gate_grid(text) is
    'Candidates of a pattern''s grid in their fixed order: {gate: step}, and how many levers move.';

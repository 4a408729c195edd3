-- Every policy of a pattern: 0 the base gates, then the candidates of learning.gate_grid(), with
-- how far each moves (sum of |step| / largest step of the gate) and how many levers it moves.
create or replace function learning.policies(p_pattern_key text)
returns table (candidate integer, steps jsonb, n_levers integer, move double precision)
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    with levers as (
        select g.gate, (select max(abs(s.step)) from unnest(g.steps) as s (step)) as largest
        from learning.gates as g
        where g.pattern_key = p_pattern_key and cardinality(g.steps) > 1
    )
    select 0, coalesce(jsonb_object_agg(l.gate, 0), '{}'), 0, 0::double precision
    from levers as l
    union all
    select c.candidate, c.steps, c.n_levers, (
            select sum(abs((c.steps ->> l.gate)::double precision) / l.largest) from levers as l
        )
    from learning.gate_grid(p_pattern_key) as c
$$;
comment on function learning.policies(text) is
    'The base gates (0) and every candidate of a pattern''s grid: steps, levers moved, size of the move.';

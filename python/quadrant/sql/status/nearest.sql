-- The proposal with the strongest evidence, and the tests it does not pass.
select c.id, c.setup, c.gates_words, c.scope_words, c.reason, c.evidence, c.n, c.changed, c.effect,
    coalesce((
        select jsonb_agg(t.test ->> 'sentence' order by t.place)
        from jsonb_array_elements(analyst.explain_override(c.id) -> 'tests')
            with ordinality as t (test, place)
        where not (t.test ->> 'is_met')::boolean
    ), '[]') as unmet
from (
    select p.*
    from analyst.changes as p
    where p.status = 'proposed'
    order by p.evidence desc nulls last, p.id
    limit 1
) as c

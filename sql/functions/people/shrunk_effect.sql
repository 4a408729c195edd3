-- What a candidate is worth per setup it changes, in ROI (0.01 = 1 % of what is staked), shrunk by
-- empirical Bayes toward what the same candidate is worth in the slice's nearest broader slice (0
-- for the whole pattern): the less sure it is, the more. How much slices really differ from their
-- parents is estimated from all slices of the look (moments; at least a tenth of the slice's own
-- variance, so that the interval does not vanish). lowest..highest holds the truth with 90 %. No
-- row where money is unknown or nothing changes.
create or replace function learning.shrunk_effect(
    p_look_id bigint, p_lesson_id bigint, p_candidate integer
)
returns table (
    seen double precision, error double precision, parent jsonb, parent_seen double precision,
    effect double precision, lowest double precision, highest double precision
)
language sql stable
as $$
    with slices as materialized (
        select l.lesson_id, l.scope_subset, l.depth, w.seen, w.variance
        from learning.look_slices as l
        join learning.gate_simulations as g
            on g.look_id = l.look_id
            and g.lesson_id = l.lesson_id
            and (
                g.id = l.simulation_id
                or l.simulation_id is null and g.reference = '[]' and g.exclusions = '[]'
            )
        cross join lateral (
            select (g.benefit[p_candidate] - g.cost[p_candidate])
                    / nullif(g.changed[p_candidate], 0) as seen
        ) as m
        cross join lateral (
            select m.seen, (m.seen / nullif(g.money_z[p_candidate], 0)) ^ 2 as variance
        ) as w
        where l.look_id = p_look_id and w.variance > 0
    ),
    related as materialized (
        select s.*, p.scope_subset as parent, coalesce(p.seen, 0) as parent_seen,
            coalesce(p.variance, 0) as parent_variance
        from slices as s
        left join lateral (
            select b.scope_subset, b.seen, b.variance
            from slices as b
            where b.depth < s.depth and s.scope_subset @> b.scope_subset
            order by b.depth desc, b.variance
            limit 1
        ) as p on true
    ),
    weighed as (
        select r.*, t.spread / (t.spread + r.variance) as trust
        from related as r
        cross join lateral (
            select greatest(r.variance / 10, avg(
                (o.seen - o.parent_seen) ^ 2 - o.variance - o.parent_variance
            )) as spread
            from related as o
            where (o.parent is null) = (r.parent is null)
        ) as t
        where r.lesson_id = p_lesson_id
    )
    select w.seen, sqrt(w.variance), w.parent, w.parent_seen, e.effect,
        e.effect - 1.645 * e.error, e.effect + 1.645 * e.error
    from weighed as w
    cross join lateral (
        select w.parent_seen + w.trust * (w.seen - w.parent_seen) as effect,
            sqrt(w.trust * w.variance + (1 - w.trust) ^ 2 * w.parent_variance) as error
    ) as e
$$;
comment on function learning.shrunk_effect(bigint, bigint, integer) is
    'ROI per setup a candidate changes, shrunk toward its parent slice, with a 90 % interval.';

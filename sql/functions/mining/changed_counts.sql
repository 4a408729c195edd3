-- What changes of contributions add to the counts: those that came, less those that left, summed up
-- by the items of their scopes (a character per dimension of the pattern's keys, 0 for none). In
-- double precision: whole numbers below 2^53 are exact there, and summed without allocations.
create or replace function learning.changed_counts(
    p_pattern_key text, p_gone learning.mining_contributions[],
    p_came learning.mining_contributions[]
)
returns table (
    items text, acted_success double precision, acted_failure double precision,
    skipped_success double precision, skipped_failure double precision,
    n_policy double precision, weight double precision, success_weight double precision,
    n_sampled double precision, n_valued double precision
)
language sql stable
as $$
    with dims as materialized (
        select d.name, d.item_of from learning.mined_dimensions(p_pattern_key) as d order by d.turn
    )
    select s.items,
        sum(s.sign) filter (where s.quadrant = 'acted_success'),
        sum(s.sign) filter (where s.quadrant = 'acted_failure'),
        sum(s.sign) filter (where s.quadrant = 'skipped_success'),
        sum(s.sign) filter (where s.quadrant = 'skipped_failure'),
        sum(s.sign) filter (where s.quadrant = 'policy'),
        sum(s.sign * s.weight) filter (where s.quadrant <> 'policy'),
        sum(s.sign * s.weight) filter (where s.quadrant in ('acted_success', 'skipped_success')),
        sum(s.sign) filter (where s.has_samples),
        sum(s.sign) filter (where s.roi is not null)
    from (
        select c.sign, c.quadrant, c.weight, c.has_samples, c.roi, (
                select coalesce(string_agg(
                    coalesce(d.item_of ->> (c.scope ->> d.name), '0'), ''
                ), '')
                from dims as d
            ) as items
        from (
            select -1::double precision as sign, g.* from unnest(p_gone) as g
            union all
            select 1, a.* from unnest(p_came) as a
        ) as c
        offset 0
    ) as s
    group by s.items
$$;
comment on function learning.changed_counts(
    text, learning.mining_contributions[], learning.mining_contributions[]
) is 'The signed counts of contributions that left and came, by the items of their scopes.';

-- The contributions of a pattern (those counted first after mining p_since; null: all) as the search
-- for slices sees them, in the order of their class: successes by weight (p_weights), failures by
-- weight, policy skips. codes: per dimension, in the order of their turns, the code of its value in
-- binary digits (0 where it has none). acted, sampled, valued: '1' where it was acted on, has
-- samples, has a result. weight_digits: the digits p_weight_digits of its weight.
create or replace function learning.coded_events(
    p_pattern_key text, p_since bigint, p_weights bigint[], p_weight_digits integer[]
)
returns table (
    class integer, codes text[], acted text, sampled text, valued text, weight_digits text[]
)
language sql stable
as $$
    with dims as materialized (
        select d.name, d.digits_of, repeat('0', d.last_digit - d.first_digit + 1) as no_value
        from learning.mined_dimensions(p_pattern_key) as d
        order by d.turn
    )
    select k.class,
        array(
            select coalesce(d.digits_of ->> learning.value_name(c.scope -> d.name), d.no_value)
            from dims as d
        ),
        case when c.quadrant in ('acted_success', 'acted_failure') then '1' else '0' end,
        case when c.has_samples then '1' else '0' end,
        case when c.roi is not null then '1' else '0' end,
        case when p_weight_digits <> '{}' then array(
            select case when c.quadrant <> 'policy' and c.weight >> b & 1 = 1 then '1' else '0' end
            from unnest(p_weight_digits) as b
        ) end
    from learning.mining_contributions as c
    cross join lateral (
        select case when c.quadrant = 'policy' then 2 * cardinality(p_weights) + 1
            else coalesce(array_position(p_weights, c.weight), 1)
                + case when c.quadrant in ('acted_success', 'skipped_success') then 0
                    else cardinality(p_weights) end
        end as class
    ) as k
    where c.pattern_key = p_pattern_key and (p_since is null or c.mining > p_since)
    order by k.class
$$;
comment on function learning.coded_events(text, bigint, bigint[], integer[]) is
    'The contributions of a pattern in binary digits, in the order of their classes.';

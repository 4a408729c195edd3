-- SQL of the steps of a roll-up of s0 (slice_key: '', rest: an item per dimension, 0 for none, and
-- the counts p_counts) to the slices of p_dims dimensions with at most p_max_dims conditions (null:
-- any number): CTEs s1, s2, ... A step takes the first p_at_once items of rest: it adds each subset
-- of them to the key, leaves the others in rest, and sums up what became the same. A subset with an
-- item that is missing is null, and left out. Generated, for the subsets of a step are written out
-- (item_subsets), and a CTE of its own is what lets the counts be summed up between the steps.
create or replace function learning.roll_up_steps(
    p_counts text[], p_dims integer, p_at_once integer, p_max_dims integer
)
returns text
language sql immutable parallel safe
as $$
    select string_agg(
        format(
            $sql$,
                s%1$s as (
                    select s.slice_key || c.items as slice_key, %2$s as rest, %3$s
                    from (
                        select s.*, substr(s.rest, %4$s) as rest_after%5$s from s%6$s as s
                    ) as s
                    cross join lateral unnest(%7$s) as c (items)
                    where c.items is not null%8$s
                    group by %9$s
                )
            $sql$,
            t.step,
            case when t.is_last then 'null' else 's.rest_after' end,
            (select string_agg(format('sum(s.%1$I) as %1$I', n), ', ') from unnest(p_counts) as n),
            p_at_once + 1,
            (
                select string_agg(
                    format(', nullif(substr(s.rest, %1$s, 1), ''0'') as i%1$s', i), ''
                )
                from generate_series(1, t.dims) as i
            ),
            t.step - 1,
            case when p_max_dims is null then learning.item_subsets(t.dims, null)
                else (
                    select format('case length(s.slice_key) %s end', string_agg(
                        format('when %s then %s', taken,
                            learning.item_subsets(t.dims, p_max_dims - taken)),
                        ' '
                    ))
                    from generate_series(0, least(p_max_dims, p_at_once * (t.step - 1))) as taken
                )
            end,
            -- What is chosen so far is a slice, or no slice below it is stored.
            case when t.is_pruned then format(
                $sql$
                    and s.slice_key in (
                        select r.slice_key
                        from learning.slice_rates as r
                        where r.pattern_key = $1 and length(r.slice_key) <= %s
                    )
                $sql$,
                p_at_once * (t.step - 1)
            ) end,
            case when t.is_last then '1' else '1, s.rest_after' end
        ),
        '' order by t.step
    )
    from (
        select step, least(p_at_once, p_dims - p_at_once * (step - 1)) as dims,
            step * p_at_once >= p_dims as is_last,
            step % 2 = 1 and step > 1 and coalesce(p_max_dims > p_at_once, true) as is_pruned
        from generate_series(1, ceil(p_dims / p_at_once::numeric)::integer) as step
    ) as t
$$;
comment on function learning.roll_up_steps(text[], integer, integer, integer) is
    'SQL of the steps in which changed counts are rolled up to slices.';

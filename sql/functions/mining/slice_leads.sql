-- How a search over p_dims dimensions and p_n experiments is cut up: each row is a lead, the
-- dimensions (turns) whose values the experiments are grouped by, and last, after which turn
-- conditions are looked for below it. Dimension by dimension leads to what follows it; the last few
-- are searched below the whole pattern (no turns). Leads of one step are gathered at once: all
-- where experiments are few, each alone where they are many. There two dimensions lead where many
-- follow the first, which is then counted only (last: all).
create or replace function learning.slice_leads(p_n bigint, p_dims integer, p_max_dims integer)
returns table (step bigint, turns integer[], last integer)
language sql immutable parallel safe
as $$
    with dims as (
        select i as turn, coalesce(p_max_dims > 1, true) and p_n > m.leads_of_two
            and p_dims - i >= case when p_n > m.leads_of_two_mostly then m.follow_two_mostly
                else m.follow_two end as is_split
        from learning.mining_limits() as m
        cross join generate_series(1, p_dims - m.searched_below_all) as i
    ),
    leads as (
        select '{}'::integer[] as turns, (select count(*)::integer from dims) as last
        union all
        select array[d.turn], case when d.is_split then p_dims else d.turn end
        from dims as d
        union all
        select array[d.turn, i], i
        from dims as d
        cross join generate_series(d.turn + 1, p_dims) as i
        where d.is_split
    )
    select case when p_n > m.single_leads then row_number() over (order by l.turns) else 1 end,
        l.turns, l.last
    from leads as l
    cross join learning.mining_limits() as m
    where p_max_dims is null or cardinality(l.turns) <= p_max_dims
$$;
comment on function learning.slice_leads(bigint, integer, integer) is
    'How the search for slices is cut up by the dimensions that lead.';

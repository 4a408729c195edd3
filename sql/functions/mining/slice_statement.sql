-- One statement of the search for slices: SQL that finds the slices of the events p_events below
-- the values of the leading dimensions p_leads (turns), with at least p_floor experiments, and
-- answers the columns of find_slices(). Events stand in the order of their class: successes by
-- weight (p_weights), failures by weight, policy skips; so a class is a stretch of every bit string
-- and is counted by cutting it out. Their columns: class, one, a code c<turn> and binary digits
-- p<turn>_<digit> per dimension of p_dims, m_<measure> per measure that some have (p_some); those
-- that all have are p_all. The bit string of a condition is the AND of the digits of its code.
-- Bit strings keep the order of the events only where groups are hashed: find_slices() sees to it,
-- and each lead is a GROUP BY of its own, as sets of them may be sorted all the same.
create or replace function learning.slice_statement(
    p_events text, p_materialized boolean, p_dims jsonb, p_weights bigint[], p_some text[],
    p_all text[], p_leads text[], p_expands boolean, p_floor integer, p_max_dims integer
)
returns text
language sql immutable parallel safe
as $$
    with leads as (
        select t.turns, coalesce(t.turns[cardinality(t.turns)], 0) as last
        from unnest(p_leads) as l
        cross join lateral (select string_to_array(l, ',')::integer[] as turns) as t
    ),
    dims as (
        select d.turn, d.bits, d.items, p_expands and d.turn > (
                select min(l.last) from leads as l where l.last > 0
            ) as follows
        from jsonb_to_recordset(p_dims) as d (turn integer, bits integer, items text)
    ),
    conditions as (
        select format('(%s, %L, %s)', d.turn, substr(d.items, c.code, 1), (
                select string_agg(
                    format('%sp.p%s_%s', case when c.code >> b & 1 = 0 then '~' else '' end,
                        d.turn, b),
                    ' & '
                )
                from generate_series(0, d.bits - 1) as b
            )) as row
        from dims as d
        cross join lateral generate_series(1, length(d.items)) as c (code)
        where d.follows
    ),
    -- What is summed up of the events of a lead; digits of what cannot follow it are left out.
    bit_strings as (
        select 'one' as name, null::integer as turn
        union all
        select 'm_' || m, null from unnest(p_some) as m
        union all
        select format('p%s_%s', d.turn, b), d.turn
        from dims as d
        cross join lateral generate_series(0, d.bits - 1) as b
        where d.follows
    ),
    -- s1, s2, ...: events of a slice in a class of experiments.
    classes as (
        select 's' || i as name, i, i <= cardinality(p_weights) as is_success,
            p_weights[(i - 1) % cardinality(p_weights) + 1] as weight
        from generate_series(1, 2 * cardinality(p_weights)) as i
    ),
    -- Binary digits of weights, where these are too many for classes (measures w<digit>).
    digits as (
        select m as name, 1::bigint << substr(m, 2)::integer as weight
        from unnest(p_some) as m
        where m ~ '^w[0-9]+$'
    ),
    sums as (
        select string_agg('x.' || c.name, ' + ') as experiments,
            string_agg('x.' || c.name, ' + ') filter (where c.is_success) as successes,
            string_agg(format('%s * x.%s', c.weight, c.name), ' + ') || coalesce((
                select string_agg(format(' + %s * bit_count(x.m_%s)', d.weight, d.name), '')
                from digits as d
            ), '') as weight,
            string_agg(format('%s * x.%s', c.weight, c.name), ' + ') filter (where c.is_success)
                || coalesce((
                    select string_agg(format(
                        ' + %s * bit_count(substring(x.m_%s from 1 for x.n_success))',
                        d.weight, d.name
                    ), '')
                    from digits as d
                ), '') as success_weight
        from classes as c
    )
    select format(
        $sql$
            with recursive events as %1$s (%2$s),
            part as materialized (
                select row_number() over ()::integer as lead, p.* from (%3$s) as p
            )%4$s,
            slices as (
                select p.lead, p.key, p.turn, p.one as bits
                from part as p%5$s
            )
            select b.key, b.acted_success::integer, (b.acted - b.acted_success)::integer,
                (b.successes - b.acted_success)::integer,
                (b.experiments - b.successes - b.acted + b.acted_success)::integer,
                (b.n - b.experiments)::integer, b.weight, b.success_weight, b.n_sampled::integer,
                b.n_valued::integer
            from (
                select x.key, x.n, %7$s as experiments, %8$s as successes, %9$s as weight,
                    %10$s as success_weight, %11$s
                from (
                    select s.key, bit_count(s.bits) as n%12$s%13$s
                    from slices as s
                    join part as m on m.lead = s.lead
                    offset 0
                ) as x
                offset 0
            ) as b
            where b.experiments >= %6$s
        $sql$,
        case when p_materialized then 'materialized' else 'not materialized' end, p_events,
        (
            select string_agg(
                format(
                    'select %s as key, %s as turn%s%s from events as e%s having count(*) >= %s',
                    (
                        select coalesce(string_agg(
                            format('substr(%L, e.c%s, 1)', d.items, d.turn), ' || ' order by d.turn
                        ), '''''')
                        from dims as d where d.turn = any (l.turns)
                    ),
                    l.last,
                    (
                        -- o<i>: where the stretch of class i ends.
                        select string_agg(format(
                            ', count(*) filter (where e.class <= %1$s)::integer as o%1$s', c.i
                        ), '' order by c.i)
                        from classes as c
                    ),
                    (
                        select string_agg(format(
                            case when b.turn <= l.last then ', null::varbit as %1$s'
                                else ', string_agg(e.%1$s, '''')::varbit as %1$s' end, b.name
                        ), '' order by b.turn nulls first, b.name)
                        from bit_strings as b
                    ),
                    (
                        select format(' where %s group by %s',
                            string_agg(format('e.c%s <> 0', t), ' and '),
                            string_agg('e.c' || t, ', '))
                        from unnest(l.turns) as t
                        having count(*) > 0
                    ),
                    p_floor
                ),
                ' union all '
            )
            from leads as l
        ),
        (
            -- A condition once per condition it may come after, so that the search joins no other.
            select format(
                $part$,
                    conditions as materialized (
                        select p.lead, a.after, c.turn, c.item, c.bits
                        from part as p
                        cross join lateral (values %s) as c (turn, item, bits)
                        cross join lateral generate_series(p.turn, c.turn - 1) as a (after)
                        where p.turn > 0 and c.turn > p.turn and bit_count(c.bits) >= %s
                    )
                $part$,
                string_agg(c.row, ', '), p_floor
            )
            from conditions as c
            having count(*) > 0
        ),
        (
            select format(
                $part$
                union all
                select n.lead, n.key || n.item, n.turn, n.bits
                from (
                    select s.lead, s.key, c.item, c.turn, s.bits & c.bits as bits
                    from slices as s
                    join conditions as c on c.lead = s.lead and c.after = s.turn
                    %s
                    offset 0
                ) as n
                where bit_count(n.bits) >= %s
                $part$,
                'where length(s.key) < ' || p_max_dims, p_floor
            )
            from conditions as c
            having count(*) > 0
        ),
        p_floor, s.experiments, s.successes, s.weight, s.success_weight,
        (
            select string_agg(format('%s as %s', case
                    when m.name = any (p_some) then 'bit_count(x.m_' || m.name || ')'
                    when m.name = any (p_all) then 'x.n'
                    else '0'
                end, m.column_name), ', ')
            from (values ('acted', 'acted'), ('sampled', 'n_sampled'), ('valued', 'n_valued'))
                as m (name, column_name)
        ) || format(', %s as acted_success', case
            when 'acted' = any (p_some)
                then 'bit_count(substring(x.m_acted from 1 for x.n_success))'
            when 'acted' = any (p_all) then s.successes
            else '0'
        end),
        (
            select string_agg(format(', s.bits & m.m_%1$s as m_%1$s', m), '')
            from unnest(p_some) as m
        ),
        (
            select string_agg(format(
                ', bit_count(substring(s.bits from %s for %s)) as %s',
                case when c.i = 1 then '1' else format('m.o%s + 1', c.i - 1) end,
                case when c.i = 1 then 'm.o1' else format('m.o%s - m.o%s', c.i, c.i - 1) end, c.name
            ), '') || format(', m.o%s as n_success', cardinality(p_weights))
            from classes as c
        )
    )
    from sums as s
$$;
comment on function learning.slice_statement(
    text, boolean, jsonb, bigint[], text[], text[], text[], boolean, integer, integer
) is 'The SQL of one statement of the search for slices.';

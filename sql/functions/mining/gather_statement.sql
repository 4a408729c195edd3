-- SQL of the parts (slice_part) of a lead (p_turns, p_last: see slice_leads) with at least p_floor
-- experiments: the experiments of pg_temp.slice_experiments (experiments_statement) by the values
-- of the leading dimensions, each column of digits summed up to a bit string. This is generated,
-- for SQL sums up a fixed number of columns only: rows of (event, digit) summed up in a fixed text
-- take three times as long, matrices cut by array slices make a search 1.2 to 1.4 times as long
-- (10,000 x 10, 100,000 x 8). A bit string keeps the order of the experiments where groups are
-- hashed (find_slices sees to it); each lead is a GROUP BY of its own, as sets of them may be
-- sorted all the same.
create or replace function learning.gather_statement(
    p_pattern_key text, p_turns integer[], p_last integer, p_classes integer,
    p_weight_digits integer, p_floor integer
)
returns text
language sql stable
as $$
    with dims as materialized (
        select d.turn, d.first_digit, d.last_digit, (
                select jsonb_object_agg(v.digits, d.item_of ->> v.name)
                from jsonb_each_text(d.digits_of) as v (name, digits)
            ) as item_by_digits
        from learning.mined_dimensions(p_pattern_key) as d
    ),
    digits as (
        select string_agg(
            case when d.turn > p_last then format('string_agg(e.d%s, '''')::varbit', place)
                else 'null' end,
            ', ' order by place
        ) as columns
        from dims as d
        cross join lateral generate_series(d.first_digit, d.last_digit) as place
    ),
    leads as (
        select string_agg(
                format('(%L::jsonb ->> e.k%s)', d.item_by_digits, d.turn), ' || ' order by d.turn
            ) as slice_key,
            'where ' || string_agg(
                format('e.k%s <> %L', d.turn, repeat('0', d.last_digit - d.first_digit + 1)),
                ' and '
            ) || ' group by ' || string_agg('e.k' || d.turn, ', ') as grouping
        from dims as d
        where d.turn = any (p_turns)
    )
    select format(
        $sql$
            select %s as slice_key, %s as turn, array[%s]::varbit[] as digits,
                string_agg(e.acted, '')::varbit as acted,
                string_agg(e.sampled, '')::varbit as sampled,
                string_agg(e.valued, '')::varbit as valued,
                array[%s]::varbit[] as weight_digits,
                array[%s]::integer[] as class_starts,
                array[%s]::integer[] as class_lengths
            from pg_temp.slice_experiments as e
            %s
            having count(*) >= %s
        $sql$,
        coalesce(l.slice_key, ''''''), p_last, g.columns,
        (
            select string_agg(format('string_agg(e.w%s, '''')::varbit', i), ', ')
            from generate_series(1, p_weight_digits) as i
        ),
        (
            select string_agg(format('1 + count(*) filter (where e.class < %s)', i), ', ')
            from generate_series(1, p_classes) as i
        ),
        (
            select string_agg(format('count(*) filter (where e.class = %s)', i), ', ')
            from generate_series(1, p_classes) as i
        ),
        l.grouping, p_floor
    )
    from leads as l
    cross join digits as g
$$;
comment on function
    learning.gather_statement(text, integer[], integer, integer, integer, integer) is
    'SQL that gathers the experiments of a lead of the search for slices into bit strings.';

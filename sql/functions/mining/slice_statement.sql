-- One statement of the search for slices: SQL that finds the slices of the events p_events (columns
-- one, a code c<place> and binary digits p<place>_<digit> per dimension of p_dims, m<i> per
-- measure) below the values of the dimensions p_leads, and answers their key, scope, depth, number
-- of events (n) and measures (m1, m2, ...). Keys are p_width characters. The bit string of a
-- condition is the AND of the digits of its code.
create or replace function learning.slice_statement(
    p_events text, p_dims jsonb, p_width integer, p_measures integer, p_leads text[],
    p_expands boolean, p_floor integer, p_max_dims integer
)
returns text
language sql immutable parallel safe
as $$
    with dims as (
        select o.turn, (d ->> 'place')::integer as place, (d ->> 'bits')::integer as bits,
            d -> 'item_of' as item_of,
            -- Leads come before every condition they are joined by.
            exists (
                select from unnest(p_leads) as l where o.turn::text = any (string_to_array(l, ','))
            ) as leads,
            p_expands and o.turn > (
                select min((string_to_array(l, ','))[cardinality(string_to_array(l, ','))]::integer)
                from unnest(p_leads) as l
            ) as follows
        from jsonb_array_elements(p_dims) with ordinality as o (d, turn)
    ),
    conditions as (
        select d.turn, format(
                '(%s, %s, %L, %L::jsonb, %s)', d.turn, d.place, chr(48 + c.code),
                c.item, (
                    select string_agg(
                        format('%sp.p%s_%s', case when c.code >> b & 1 = 0 then '~' else '' end,
                            d.place, b),
                        ' & '
                    )
                    from generate_series(0, d.bits - 1) as b
                )
            ) as row
        from dims as d
        cross join lateral (
            select i.key::integer as code, i.value as item from jsonb_each(d.item_of) as i
        ) as c
        where d.follows
    ),
    bit_strings as (
        select 'm' || i as name from generate_series(1, p_measures) as i
        union all
        select format('p%s_%s', d.place, b)
        from dims as d
        cross join lateral generate_series(0, d.bits - 1) as b
        where d.follows
    )
    select format(
        $sql$
            with recursive part as materialized (
                select %1$s as key, %2$s as turn, %3$s as depth, '{}'::jsonb%4$s as scope,
                    string_agg(e.one, '')::varbit as one%5$s
                from (%6$s) as e
                group by grouping sets (%7$s)
                having count(*) >= %8$s%9$s
            ),
            measures as materialized (
                select p.key as lead%10$s from part as p
            )%11$s,
            slices as (
                select p.key as lead, p.key, p.scope, p.turn, p.depth, p.one as bits
                from part as p
                %12$s
            )
            select s.key, s.scope, s.depth, bit_count(s.bits) as n%13$s
            from slices as s
            join measures as m on m.lead = s.lead
            offset 0
        $sql$,
        (
            select coalesce(string_agg(
                case when d.leads then format('chr(48 + coalesce(e.c%s, 0))', d.place)
                    else '''0''' end,
                ' || ' order by w
            ), '''''')
            from generate_series(1, p_width) as w
            left join dims as d on d.place = w
        ),
        (
            select format('coalesce(greatest(%s), 0)', coalesce(string_agg(
                format('case when e.c%s is not null then %s end', d.place, d.turn), ', '), '0'))
            from dims as d where d.leads
        ),
        (
            select format('num_nonnulls(%s)', coalesce(string_agg('e.c' || d.place, ', '), 'null'))
            from dims as d where d.leads
        ),
        (
            select string_agg(format(
                ' || coalesce(%L::jsonb -> e.c%s::text, ''{}'')', d.item_of, d.place), '')
            from dims as d where d.leads
        ),
        (
            select string_agg(format(', string_agg(e.%1$s, '''')::varbit as %1$s', b.name), '')
            from bit_strings as b
        ),
        p_events,
        (
            select string_agg(format('(%s)', (
                select string_agg('e.c' || d.place, ', ')
                from dims as d where d.turn::text = any (string_to_array(l, ','))
            )), ', ')
            from unnest(p_leads) as l
        ),
        p_floor,
        (
            select string_agg(format(' and e.c%s is distinct from 0', d.place), '')
            from dims as d where d.leads
        ),
        (select string_agg(format(', p.m%s', i), '') from generate_series(1, p_measures) as i),
        (
            select format(
                $part$,
                    conditions as materialized (
                        select p.key as lead, c.*
                        from part as p
                        cross join lateral (values %s) as c (turn, place, digit, item, bits)
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
                    select s.lead, overlay(s.key placing c.digit from c.place), s.scope || c.item,
                        c.turn, s.depth + 1, s.bits & c.bits
                    from slices as s
                    join conditions as c on c.lead = s.lead
                    where c.turn > s.turn and bit_count(s.bits & c.bits) >= %s%s
                $part$,
                p_floor, ' and s.depth < ' || p_max_dims
            )
            from conditions as c
            having count(*) > 0
        ),
        (
            select string_agg(format(', bit_count(s.bits & m.m%1$s) as m%1$s', i), '')
            from generate_series(1, p_measures) as i
        )
    )
$$;
comment on function
    learning.slice_statement(text, jsonb, integer, integer, text[], boolean, integer, integer) is
    'The SQL of one statement of the search for slices.';

-- What has to be counted of p_n events to sum up a slice: predicates on an event c, one bit string
-- each, and per count of slice_rates a formula of b.n (events of the slice) and b.m1, b.m2, ...
-- (those that fulfil a predicate). p_totals are the counts of all events, and under 'weights' the
-- weights that occur, the usual one first. What all or none fulfil needs no bit string.
create or replace function learning.slice_measures(p_totals jsonb, p_n bigint)
returns table (predicates text[], formulas jsonb)
language sql immutable parallel safe
as $$
    with weights as (
        select w.value::bigint as weight, w.ordinality = 1 as is_usual, count(*) over () as n
        from jsonb_array_elements_text(p_totals -> 'weights') with ordinality as w
    ),
    -- The sum of weights is the usual weight times n, and what the others differ by. Where there
    -- are many others, their binary digits are fewer.
    parts as (
        select w.weight - u.weight as factor, format('c.weight = %s', w.weight) as predicate
        from weights as w
        join weights as u on u.is_usual
        where w.n <= 33 and not w.is_usual
        union all
        select 1::bigint << b, format('c.weight >> %s & 1 = 1', b)
        from weights as w
        cross join generate_series(0, 32) as b
        where w.n > 33 and w.is_usual
    ),
    terms as (
        select q.name, q.predicate, '' as factor, (p_totals -> q.name)::bigint as n
        from (values
            ('acted_success', 'c.quadrant = ''acted_success'''),
            ('acted_failure', 'c.quadrant = ''acted_failure'''),
            ('skipped_success', 'c.quadrant = ''skipped_success'''),
            ('skipped_failure', 'c.quadrant = ''skipped_failure'''),
            ('n_policy', 'c.quadrant = ''policy'''),
            ('n_sampled', 'c.has_samples'),
            ('n_valued', 'c.has_value')
        ) as q (name, predicate)
        union all
        select s.name, format('c.quadrant %s and %s', s.quadrants, p.predicate), p.factor || ' * ',
            null
        from parts as p
        cross join (values
            ('other_weight', '<> ''policy'''),
            ('other_success_weight', 'in (''acted_success'', ''skipped_success'')')
        ) as s (name, quadrants)
    ),
    placed as (
        select t.*, case
                when t.n = 0 then '0::bigint'
                when t.n = p_n then 'b.n'
                else t.factor || 'b.m' || count(*) filter (
                    where t.n is null or t.n not in (0, p_n)
                ) over (order by t.name, t.predicate)
            end as formula
        from terms as t
    )
    select
        coalesce(array_agg(p.predicate order by p.name, p.predicate)
            filter (where p.formula like '%b.m%'), '{}'),
        (
            select jsonb_object_agg(s.name, s.formula)
            from (
                select p.name, string_agg(p.formula, ' + ') as formula from placed as p group by 1
            ) as s
        ) || jsonb_build_object('usual_weight', (
            select case when w.n <= 33 then w.weight else 0 end from weights as w where w.is_usual
        ))
    from placed as p
$$;
comment on function learning.slice_measures(jsonb, bigint) is
    'Predicates to count by bit strings and the formulas that make a slice''s counts of them.';

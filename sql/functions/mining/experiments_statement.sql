-- SQL that makes pg_temp.slice_experiments: the contributions of a pattern (those counted first
-- after mining p_since; null: all) as the search for slices sees them, in the order of their class:
-- successes by weight (p_weights), failures by weight, policy skips. Columns are what is summed up
-- side by side, so they are generated: k<turn>, the code of the value of a dimension in binary
-- digits (0: it has none), and d<place>, one of them each; acted, sampled, valued, '1' where it was
-- acted on, has samples, has a result; w<place>, the digits p_weight_digits of the weight.
create or replace function learning.experiments_statement(
    p_pattern_key text, p_since bigint, p_weights bigint[], p_weight_digits integer[]
)
returns text
language sql stable
as $$
    select format(
        $sql$
            create temporary table slice_experiments on commit drop as
            select e.class,
                case when e.quadrant in ('acted_success', 'acted_failure') then '1' else '0' end
                    as acted,
                case when e.has_samples then '1' else '0' end as sampled,
                case when e.is_valued then '1' else '0' end as valued%1$s%2$s
            from (
                select c.quadrant, c.weight, c.has_samples, c.roi is not null as is_valued,
                    case when c.quadrant = 'policy' then 2 * %3$s + 1
                        else coalesce(array_position(%4$L::bigint[], c.weight), 1)
                            + case when c.quadrant in ('acted_success', 'skipped_success') then 0
                                else %3$s end
                    end as class%5$s
                from learning.mining_contributions as c
                where c.pattern_key = %6$L and (%7$L::bigint is null or c.mining > %7$L::bigint)
                offset 0
            ) as e
            order by e.class
        $sql$,
        string_agg(
            format(', e.k%s', d.turn) || (
                select string_agg(
                    format(
                        ', substr(e.k%s, %s, 1) as d%s', d.turn, place - d.first_digit + 1, place
                    ), ''
                )
                from generate_series(d.first_digit, d.last_digit) as place
            ), ''
        ),
        (
            select string_agg(
                format(
                    ', case when e.quadrant <> ''policy'' and e.weight >> %s & 1 = 1 then ''1'''
                    ' else ''0'' end as w%s',
                    w.digit, w.place
                ), ''
            )
            from unnest(p_weight_digits) with ordinality as w (digit, place)
        ),
        cardinality(p_weights), p_weights,
        string_agg(
            format(
                ', coalesce(%L::jsonb ->> (c.scope ->> %L), %L) as k%s',
                d.digits_of, d.name, repeat('0', d.last_digit - d.first_digit + 1), d.turn
            ), ''
        ),
        p_pattern_key, p_since
    )
    from learning.mined_dimensions(p_pattern_key) as d
$$;
comment on function learning.experiments_statement(text, bigint, bigint[], integer[]) is
    'SQL of the table of experiments a search for slices sums up.';

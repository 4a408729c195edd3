-- SQL that makes pg_temp.slice_events of coded_events(), with a column of its own for whatever is
-- summed up: class; per dimension k<turn>, the code of its value, and d<place>, a digit of a code,
-- for the digits of every dimension; acted, sampled, valued; w<place>, a digit of the weight.
create or replace function learning.events_statement(
    p_pattern_key text, p_since bigint, p_weights bigint[], p_weight_digits integer[]
)
returns text
language sql stable
as $$
    select format(
        $sql$
            create temporary table slice_events on commit drop as
            select e.class, e.acted, e.sampled, e.valued%s%s%s
            from (
                select c.*%s from learning.coded_events(%L, %L, %L, %L) as c offset 0
            ) as e
        $sql$,
        string_agg(format(', e.k%s', d.turn), ''),
        string_agg((
            select string_agg(
                format(
                    ', substr(e.k%s, %s, 1) as d%s', d.turn, place - d.first_digit + 1, place
                ), ''
            )
            from generate_series(d.first_digit, d.last_digit) as place
        ), ''),
        (
            select string_agg(format(', e.weight_digits[%s] as w%1$s', i), '')
            from generate_subscripts(p_weight_digits, 1) as i
        ),
        string_agg(format(', c.codes[%s] as k%1$s', d.turn), ''),
        p_pattern_key, p_since, p_weights, p_weight_digits
    )
    from learning.mined_dimensions(p_pattern_key) as d
$$;
comment on function learning.events_statement(text, bigint, bigint[], integer[]) is
    'SQL of the table of events a search for slices sums up.';

-- SQL that counts the slices of some parts ($2) of a pattern ($1) and those below (deeper_slices)
-- with at least $3 experiments and at most $4 conditions: the columns of slice_counts. A class of
-- experiments (experiments_statement) is a stretch of every bit string: successes come first,
-- policy skips last. So a count is that of the bits in a stretch, after an AND with those that have
-- a mark. Only the sums of weights are generated, a term per class and per binary digit of the
-- weight: a loop over the classes of each slice in a fixed text makes a search 1.3 times as long
-- (10,000 x 10).
create or replace function learning.count_statement(p_weights bigint[], p_weight_digits integer[])
returns text
language sql immutable parallel safe
as $$
    select format(
        $sql$
            select c.slice_key, c.acted_success, c.acted - c.acted_success,
                c.successes - c.acted_success,
                c.n - c.n_policy - c.successes - c.acted + c.acted_success, c.n_policy,
                c.failure_weight + c.success_weight, c.success_weight, c.n_sampled, c.n_valued
            from (
                select s.slice_key, bit_count(s.experiments)::integer as n,
                    bit_count(substring(s.experiments from s.first_policy))::integer as n_policy,
                    bit_count(substring(s.experiments for s.first_failure - 1))::integer
                        as successes,
                    bit_count(s.acted)::integer as acted,
                    bit_count(substring(s.acted for s.first_failure - 1))::integer
                        as acted_success,
                    %s as success_weight, %s as failure_weight,
                    bit_count(s.experiments & s.sampled)::integer as n_sampled,
                    bit_count(s.experiments & s.valued)::integer as n_valued
                from (
                    select d.slice_key, d.experiments, d.experiments & p.acted as acted,
                        p.sampled, p.valued,
                        p.weight_digits, p.starts, p.lengths,
                        p.starts[%s] as first_failure, p.starts[%s] as first_policy
                    from learning.deeper_slices($1, $2, $3, $4) as d
                    join unnest($2) with ordinality as p (
                        slice_key, turn, digits, acted, sampled, valued, weight_digits, starts,
                        lengths, part
                    ) on p.part = d.part
                    offset 0
                ) as s
                offset 0
            ) as c
            where c.n - c.n_policy >= $3
        $sql$,
        string_agg(t.term, ' + ') filter (where t.is_success),
        string_agg(t.term, ' + ') filter (where not t.is_success),
        cardinality(p_weights) + 1, 2 * cardinality(p_weights) + 1
    )
    from (
        select i <= cardinality(p_weights) as is_success, format(
                '%s * bit_count(substring(s.experiments from s.starts[%s] for s.lengths[%2$s]))',
                p_weights[(i - 1) % cardinality(p_weights) + 1], i
            ) as term
        from generate_series(1, 2 * cardinality(p_weights)) as i
        union all
        select o.is_success, format(
                '%s * bit_count(substring(s.experiments & s.weight_digits[%s] %s))',
                1::bigint << d.digit, d.place,
                case when o.is_success then 'for s.first_failure - 1'
                    else 'from s.first_failure' end
            )
        from unnest(p_weight_digits) with ordinality as d (digit, place)
        cross join (values (true), (false)) as o (is_success)
    ) as t
$$;
comment on function learning.count_statement(bigint[], integer[]) is
    'SQL of the counts of the slices of some parts and all below them.';

-- Counts the slices of p_parts and below (deeper_slices) that have at least p_floor experiments. A
-- class of events (coded_events) is a stretch of every bit string: successes come first, policy
-- skips last, so a count is that of the bits of a stretch, after an AND with those that have a mark.
-- Only the two sums of weights are generated, a term per class (and binary digit of the weight,
-- p_weight_digits): a loop over the classes of a slice in a fixed text makes a search 1.3 times as
-- long (10,000 x 10).
create or replace function learning.count_slices(
    p_pattern_key text, p_parts learning.slice_part[], p_weights bigint[],
    p_weight_digits integer[], p_floor integer, p_max_dims integer
)
returns setof learning.slice_counts
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_success_weight text;
    v_failure_weight text;
begin
    select string_agg(t.term, ' + ') filter (where t.is_success),
        string_agg(t.term, ' + ') filter (where not t.is_success)
    into v_success_weight, v_failure_weight
    from (
        select i <= cardinality(p_weights) as is_success, format(
                '%s * bit_count(substring(s.events from %s for s.class_ends[%s] - %s))',
                p_weights[(i - 1) % cardinality(p_weights) + 1],
                case when i = 1 then '1' else format('s.class_ends[%s] + 1', i - 1) end, i,
                case when i = 1 then '0' else format('s.class_ends[%s]', i - 1) end
            ) as term
        from generate_series(1, 2 * cardinality(p_weights)) as i
        union all
        select o.is_success, format(
                '%s * bit_count(substring(s.events & s.weight_digits[%s] from %s))',
                1::bigint << d.digit, d.place,
                case when o.is_success then '1 for s.n_success' else 's.n_success + 1' end
            )
        from unnest(p_weight_digits) with ordinality as d (digit, place)
        cross join (values (true), (false)) as o (is_success)
    ) as t;
    return query execute format(
        $sql$
            with parts as materialized (
                select p.part, p.acted, p.sampled, p.valued, p.weight_digits, p.class_ends,
                    p.class_ends[cardinality(p.class_ends) / 2] as successes,
                    p.class_ends[cardinality(p.class_ends)] as experiments
                from unnest($2) with ordinality as p (
                    slice_key, turn, digits, acted, sampled, valued, weight_digits, class_ends, part
                )
            )
            select c.slice_key, c.acted_success, c.acted - c.acted_success,
                c.successes - c.acted_success,
                c.n - c.n_policy - c.successes - c.acted + c.acted_success, c.n_policy,
                c.failure_weight + c.success_weight, c.success_weight, c.n_sampled, c.n_valued
            from (
                select s.slice_key, bit_count(s.events)::integer as n,
                    bit_count(substring(s.events from s.n_experiments + 1))::integer as n_policy,
                    bit_count(substring(s.events from 1 for s.n_success))::integer as successes,
                    bit_count(s.acted)::integer as acted,
                    bit_count(substring(s.acted from 1 for s.n_success))::integer
                        as acted_success,
                    %s as success_weight, %s as failure_weight,
                    bit_count(s.events & s.sampled)::integer as n_sampled,
                    bit_count(s.events & s.valued)::integer as n_valued
                from (
                    select d.slice_key, d.events, d.events & o.acted as acted, o.sampled,
                        o.valued, o.weight_digits, o.class_ends, o.successes as n_success,
                        o.experiments as n_experiments
                    from learning.deeper_slices($1, $2, $3, $4) as d
                    join parts as o on o.part = d.part
                    offset 0
                ) as s
                offset 0
            ) as c
            where c.n - c.n_policy >= $3
        $sql$,
        v_success_weight, v_failure_weight
    ) using p_pattern_key, p_parts, p_floor, p_max_dims;
end
$$;
comment on function
    learning.count_slices(text, learning.slice_part[], bigint[], integer[], integer, integer) is
    'The counts of the slices of some parts and all below them.';

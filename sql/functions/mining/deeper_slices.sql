-- The slices of p_parts and those below them with at least p_floor experiments and at most
-- p_max_dims conditions (null: any number), with the experiments they hold, a bit each of the
-- experiments of the part. The bit string of a condition is the AND of the digits of its code; that
-- of a slice with one condition more is the AND of both. Conditions follow in the order of their
-- turns, so each slice is found once.
create or replace function learning.deeper_slices(
    p_pattern_key text, p_parts learning.slice_part[], p_floor integer, p_max_dims integer
)
returns table (part bigint, slice_key text, experiments varbit)
language sql stable
as $$
    with recursive parts as materialized (
        select p.part, p.slice_key, p.turn, p.digits,
            repeat('1', length(p.acted))::varbit as experiments
        from unnest(p_parts) with ordinality as p (
            slice_key, turn, digits, acted, sampled, valued, weight_digits, class_starts,
            class_lengths, part
        )
    ),
    dictionary as materialized (
        select d.turn, d.first_digit, d.item_of ->> v.name as item, v.digits
        from learning.mined_dimensions(p_pattern_key) as d
        cross join lateral jsonb_each_text(d.digits_of) as v (name, digits)
    ),
    -- A condition once per turn it may come after, so that the search joins no other.
    conditions as materialized (
        select c.part, a.after, c.turn, c.item, c.experiments
        from (
            select p.part, p.turn as last, d.turn, d.item, (
                    select bit_and(
                        case when substr(d.digits, i, 1) = '1' then p.digits[d.first_digit + i - 1]
                            else ~ p.digits[d.first_digit + i - 1] end
                    )
                    from generate_series(1, length(d.digits)) as i
                )::varbit as experiments
            from parts as p
            join dictionary as d on d.turn > p.turn
            offset 0
        ) as c
        cross join lateral generate_series(c.last, c.turn - 1) as a (after)
        where bit_count(c.experiments) >= p_floor
    ),
    slices as (
        select p.part, p.slice_key, p.turn, p.experiments from parts as p
        union all
        select n.part, n.slice_key, n.turn, n.experiments
        from (
            select s.part, s.slice_key || c.item as slice_key, c.turn,
                s.experiments & c.experiments as experiments
            from slices as s
            join conditions as c on c.part = s.part and c.after = s.turn
            where p_max_dims is null or length(s.slice_key) < p_max_dims
            offset 0
        ) as n
        where bit_count(n.experiments) >= p_floor
    )
    select s.part, s.slice_key, s.experiments from slices as s
$$;
comment on function learning.deeper_slices(text, learning.slice_part[], integer, integer) is
    'The slices of some parts and all below them, with their experiments as bits.';

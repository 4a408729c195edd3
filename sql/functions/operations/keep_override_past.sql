-- Adds what windows and messages, which are about to go, say of overrides to override_past.
create or replace function learning.keep_override_past(p_windows bigint[], p_strands bigint[])
returns void
language sql volatile
as $$
    insert into learning.override_past as p (
        override_id, measure, is_with, n, days, value, values2, cross_sum, n2
    )
    select s.override_id, s.measure, s.is_with, s.n, s.days, s.value, s.values2, s.cross_sum, s.n2
    from learning.override_sides(p_windows, p_strands) as s
    where p_windows <> '{}' or p_strands <> '{}'
    on conflict on constraint override_past_pkey do update
    set n = p.n + excluded.n, days = p.days + excluded.days, value = p.value + excluded.value,
        values2 = p.values2 + excluded.values2, cross_sum = p.cross_sum + excluded.cross_sum,
        n2 = p.n2 + excluded.n2
$$;
comment on function learning.keep_override_past(bigint[], bigint[]) is
    'Adds what windows and messages say of overrides to override_past.';

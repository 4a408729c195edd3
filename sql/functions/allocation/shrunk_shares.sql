-- Desired shares of the profile evidence: those by money per budget-day, drawn to the configured
-- start (both of the traded timeframes alone, floors kept) by how sure the differences are; without
-- evidence they are the start. p_shares: shares now, p_start: those before the first trade;
-- p_money: timeframe -> money per budget-day of the traded ones; p_surety 0..1.
create or replace function learning.shrunk_shares(
    p_shares jsonb, p_start jsonb, p_money jsonb, p_surety double precision
)
returns jsonb
language sql immutable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_object_agg(s.key, trim_scale(round(
        s.value::numeric + w.surety * ((m.shares ->> s.key)::numeric - s.value::numeric), 18
    )))
    from (
        select greatest(0, least(1, p_surety))::numeric as surety,
            learning.desired_shares(p_shares, p_money) as shares
        offset 0
    ) as m
    cross join lateral (select m.surety) as w
    cross join jsonb_each_text(learning.desired_shares(p_shares, (
        select jsonb_object_agg(b.key, b.value)
        from jsonb_each(p_start) as b
        where p_money ? b.key
    ))) as s
$$;
comment on function learning.shrunk_shares(jsonb, jsonb, jsonb, double precision) is
    'Desired share (0..1) per traded timeframe by money per budget-day, drawn to the start by how sure the differences are.';

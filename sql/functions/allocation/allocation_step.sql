-- One step of the shares toward the desired ones (both timeframe -> share): at most 0.3 % each,
-- less while a timeframe has fewer than five trades (p_least_trades: the smallest count). What is
-- gained is exactly what is lost: the larger side is scaled down to the smaller, changes are cut
-- to 12 decimals, and what the cutting left comes off the largest change of the larger side.
create or replace function learning.allocation_step(
    p_shares jsonb, p_desired jsonb, p_least_trades integer
)
returns jsonb
language sql immutable parallel safe
as $$
    with wanted as (
        select d.key as timeframe,
            least(greatest(d.value::numeric - (p_shares ->> d.key)::numeric, -r.most), r.most)
                * least(1, p_least_trades / learning.allocation_rule('full_steps_from')) as change
        from jsonb_each_text(p_desired) as d
        cross join (select learning.allocation_rule('largest_step') as most) as r
    ),
    sides as (
        select w.*,
            coalesce(sum(w.change) filter (where w.change > 0) over (), 0) as gains,
            coalesce(-sum(w.change) filter (where w.change < 0) over (), 0) as losses
        from wanted as w
    ),
    -- div() cuts the exact quotient; a rounded one could lift a side above the other.
    cut as (
        select s.timeframe,
            coalesce(div(
                s.change * least(s.gains, s.losses) * 1e12,
                nullif(case when s.change > 0 then s.gains else s.losses end, 0)
            ), 0) * 1e-12 as change
        from sides as s
    ),
    left_over as (
        select c.*, sum(c.change) over () as residual,
            row_number() over (
                partition by sign(c.change) order by abs(c.change) desc, c.timeframe
            ) as place
        from cut as c
    )
    select jsonb_object_agg(l.timeframe, trim_scale(
        case when l.place = 1 and sign(l.change) = sign(l.residual) then l.change - l.residual
            else l.change end
    ))
    from left_over as l
$$;
comment on function learning.allocation_step(jsonb, jsonb, integer) is
    'The change of each share toward the desired one: zero-sum to the last of 12 decimals, none above 0.003.';

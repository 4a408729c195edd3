-- Where the shares should be by the average ROIs (p_rois: timeframe -> ROI, the timeframes with
-- trades alone; p_shares: all of them). The budget is what the others leave; it is divided by
-- ROI, or, with losers, by the distance from the worst ROI; equally where all are equal and not
-- gains. Nobody gets less than the floor; those above it share the rest by weight.
create or replace function learning.desired_shares(p_shares jsonb, p_rois jsonb)
returns jsonb
language sql immutable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    with traded as (
        select r.key as timeframe,
            r.value::numeric - least(0, min(r.value::numeric) over ()) as weight
        from jsonb_each_text(p_rois) as r
    ),
    budget as (
        select b.whole,
            least(learning.allocation_rule('floor'), b.whole / greatest(b.traded, 1)) as lowest
        from (
            select
                1 - coalesce(sum(s.value::numeric) filter (where not p_rois ? s.key), 0) as whole,
                count(*) filter (where p_rois ? s.key) as traded
            from jsonb_each_text(p_shares) as s
        ) as b
    ),
    weighed as (
        select t.timeframe, case when max(t.weight) over () > 0 then t.weight else 1 end as weight
        from traded as t
    ),
    ranked as (
        select w.*, row_number() over upward - 1 as below,
            sum(w.weight) over (upward rows between current row and unbounded following) as rest
        from weighed as w
        window upward as (order by w.weight, w.timeframe)
    ),
    -- Those below having the floor, is what is left too little for this one? If it is for one, it
    -- is for all below it, and if it is not, for nobody above: the repeated division in one pass.
    floored as (
        select r.timeframe, r.weight, b.whole, b.lowest,
            (b.whole - r.below * b.lowest) * r.weight < b.lowest * r.rest as is_floored
        from ranked as r
        cross join budget as b
    ),
    divided as (
        select f.*, count(*) filter (where f.is_floored) over () as floors,
            sum(f.weight) filter (where not f.is_floored) over () as rest
        from floored as f
    )
    select jsonb_object_agg(d.timeframe, trim_scale(
        case when d.is_floored then d.lowest
            else round((d.whole - d.floors * d.lowest) * d.weight / d.rest, 18) end
    ))
    from divided as d
$$;
comment on function learning.desired_shares(jsonb, jsonb) is
    'Desired share (0..1) per timeframe with trades, from average ROIs; they sum to what the other timeframes leave.';

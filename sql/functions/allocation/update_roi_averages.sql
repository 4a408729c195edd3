-- Takes a closed trade into the ROI averages of its timeframe and of all trades: the two entries
-- (timeframe and global: roi_short, roi_long, n, updated_at = the newest trade's close) as they now
-- are, and all masses. An average without a stored mass (a configuration brought from elsewhere)
-- weighs its n; one whose newest trade lies in the future (told before such were refused) goes on
-- from this trade. p_state: learning.allocation_state.
create or replace function learning.update_roi_averages(
    p_state jsonb, p_timeframe text, p_roi numeric, p_closed_at timestamptz,
    out averages jsonb, out masses jsonb
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
    v_config jsonb := p_state -> 'config';
begin
    with known as (
        select e.average, e.entry, (e.entry ->> 'roi_short')::numeric as roi_short,
            (e.entry ->> 'roi_long')::numeric as roi_long, e.n,
            case when (e.entry ->> 'updated_at')::timestamptz <= learning.latest_time()
                then (e.entry ->> 'updated_at')::timestamptz end as newest_at,
            coalesce((m.mass ->> 0)::numeric, greatest(e.n, 1)) as mass_short,
            coalesce((m.mass ->> 1)::numeric, greatest(e.n, 1)) as mass_long
        from (
            select a.average, a.entry, coalesce((a.entry ->> 'n')::integer, 0) as n
            from (
                values
                    (p_timeframe, v_config -> 'timeframe_allocation' -> p_timeframe),
                    ('global', v_config -> 'global_roi')
            ) as a (average, entry)
        ) as e
        cross join lateral (select p_state -> 'masses' -> e.average) as m (mass)
    ),
    averaged as (
        select k.average, k.entry, k.n + 1 as n, greatest(k.newest_at, p_closed_at) as newest_at,
            s.mean as roi_short, s.mass as mass_short, l.mean as roi_long, l.mass as mass_long
        from known as k
        cross join lateral learning.roi_average(
            k.roi_short, k.mass_short, coalesce(k.newest_at, p_closed_at), p_roi, p_closed_at,
            learning.allocation_rule('short_days') * interval '1 day'
        ) as s
        cross join lateral learning.roi_average(
            k.roi_long, k.mass_long, coalesce(k.newest_at, p_closed_at), p_roi, p_closed_at,
            learning.allocation_rule('long_days') * interval '1 day'
        ) as l
    )
    select jsonb_object_agg(a.average, coalesce(a.entry, '{}') || jsonb_build_object(
            'roi_short', a.roi_short, 'roi_long', a.roi_long, 'n', a.n, 'updated_at', a.newest_at
        )),
        (p_state -> 'masses') || jsonb_object_agg(a.average, jsonb_build_array(
            a.mass_short, a.mass_long
        ))
    into averages, masses
    from averaged as a;
end
$$;
comment on function learning.update_roi_averages(jsonb, text, numeric, timestamptz) is
    'Takes a trade into the averages of its timeframe and of all trades; answers both entries and all masses.';

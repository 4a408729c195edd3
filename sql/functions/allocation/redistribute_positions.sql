-- Redistributes the percentage of each token over the timeframes it has, by their shares
-- (p_shares: timeframe -> share); several positions on a timeframe keep their proportion. A token's
-- total stays exactly what it was: 12 decimals, the rest goes to the largest. Left alone: paused
-- and archived positions, tokens with nothing, and those whose total would put a position above
-- 100. Returns the number of rows that changed.
create or replace function learning.redistribute_positions(p_shares jsonb)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_changed integer;
begin
    perform learning.lock_positions();
    with timeframes as (
        select p.token_contract, p.token_chain, p.timeframe, sum(p.total_allocation_pct) as pct,
            (p_shares ->> p.timeframe)::numeric as share
        from learning.lowcap_positions as p
        where p.status in ('watchlist', 'active', 'dormant')
        group by p.token_contract, p.token_chain, p.timeframe
    ),
    divided as (
        select t.*, sum(t.pct) over token as total,
            trunc(sum(t.pct) over token * t.share / nullif(sum(t.share) over token, 0), 12) as part,
            row_number() over (token order by t.share desc, t.timeframe) as place
        from timeframes as t
        window token as (partition by t.token_contract, t.token_chain)
    ),
    targets as (
        select d.token_contract, d.token_chain, d.timeframe, d.pct as before,
            case when d.place = 1
                then d.part + d.total - sum(d.part) over (
                    partition by d.token_contract, d.token_chain
                )
                else d.part end as pct
        from divided as d
        where d.total > 0
    ),
    parts as (
        select p.position_id, t.token_contract, t.token_chain, t.timeframe, t.pct,
            trunc(
                case when t.before > 0 then t.pct * p.total_allocation_pct / t.before
                    else t.pct / count(*) over (one) end,
                12
            ) as part,
            row_number() over (one order by p.total_allocation_pct desc, p.position_id) as place
        from targets as t
        join learning.lowcap_positions as p using (token_contract, token_chain, timeframe)
        where t.pct <> t.before and p.status in ('watchlist', 'active', 'dormant')
        window one as (partition by t.token_contract, t.token_chain, t.timeframe)
    ),
    wanted as (
        select s.position_id, s.token_contract, s.token_chain,
            case when s.place = 1
                then s.part + s.pct - sum(s.part) over (
                    partition by s.token_contract, s.token_chain, s.timeframe
                )
                else s.part end as pct
        from parts as s
    ),
    possible as (
        select w.position_id, w.pct,
            max(w.pct) over (partition by w.token_contract, w.token_chain) as largest
        from wanted as w
    )
    update learning.lowcap_positions as p
    set total_allocation_pct = trim_scale(a.pct)
    from possible as a
    where a.position_id = p.position_id
        and a.largest <= 100
        and a.pct <> p.total_allocation_pct;
    get diagnostics v_changed = row_count;
    return v_changed;
end
$$;
comment on function learning.redistribute_positions(jsonb) is
    'Gives each token''s timeframes their shares of the token''s total_allocation_pct; the totals stay. Returns the rows changed.';

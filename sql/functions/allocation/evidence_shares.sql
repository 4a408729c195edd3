-- Desired shares of the profile evidence as things stand (learning.shrunk_shares): the start is
-- what the shares were before the first step. p_shares: shares now; p_rois has the timeframes with
-- trades as keys.
create or replace function learning.evidence_shares(p_shares jsonb, p_rois jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_money jsonb;
    v_surety double precision;
begin
    select jsonb_object_agg(t.key, coalesce(m.money_per_day, 0)), coalesce(max(m.surety), 0)
    into v_money, v_surety
    from jsonb_object_keys(p_rois) as t (key)
    left join learning.money_per_day() as m on m.timeframe = t.key;
    return learning.shrunk_shares(
        p_shares,
        coalesce(
            (select h.before from learning.allocation_history as h order by h.id limit 1),
            p_shares
        ),
        v_money, v_surety
    );
end
$$;
comment on function learning.evidence_shares(jsonb, jsonb) is
    'Desired share (0..1) per timeframe with trades under the profile evidence.';

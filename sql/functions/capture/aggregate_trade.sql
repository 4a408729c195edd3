-- The events of one closed trade from its position_closed strand: one per action (its content's
-- actions; where it tells none its pm_action strands; else one entry), at the action's pattern and
-- scope, else the trade's, else those of the window that was acted on. Returns how many it wrote.
-- Raises QD001 for a pattern key that is not ours, QD006 where there is none or no ROI.
create or replace function learning.aggregate_trade(p_strand learning.ad_strands)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_told jsonb := p_strand.content;
    v_pattern_key text;
    v_scope jsonb;
    v_actions jsonb;
begin
    select coalesce(v_told ->> 'pattern_key', w.pattern_key),
        coalesce(nullif(v_told -> 'scope', 'null'), w.scope, p.scope, '{}')
    into v_pattern_key, v_scope
    from (values (1)) as one
    left join lateral (
        select e.pattern_key, e.scope
        from learning.pattern_episode_events as e
        where e.trade_id = p_strand.trade_id
        order by e.decided_at, e.id
        limit 1
    ) as w on true
    left join learning.lowcap_positions as p on p.position_id = p_strand.position_id;
    if v_pattern_key is null or v_told ->> 'roi' is null then
        raise exception using
            errcode = 'QD006',
            message = format('closed trade %s tells no %s', p_strand.trade_id,
                case when v_pattern_key is null then 'pattern_key' else 'roi' end),
            hint = 'The content of a position_closed strand needs both.';
    end if;

    v_actions := case
        when jsonb_typeof(v_told -> 'actions') = 'array' and v_told -> 'actions' <> '[]'
            then v_told -> 'actions'
        else coalesce(
            (
                select jsonb_agg(s.content order by s.happened_at, s.id)
                from learning.ad_strands as s
                where s.trade_id = p_strand.trade_id and s.kind = 'pm_action'
            ),
            '["entry"]'
        )
    end;
    return cardinality(learning.write_trade_events(array(
        select e
        from learning.trade_events(jsonb_build_object(
            'trade_id', p_strand.trade_id, 'position_id', p_strand.position_id,
            'closed_at', p_strand.happened_at, 'roi', v_told -> 'roi',
            'did_trim', v_told -> 'did_trim', 'reached_s3', v_told -> 'reached_s3',
            'hold_hours', v_told -> 'hold_hours',
            'actions', (
                select jsonb_agg(jsonb_build_object(
                    'action', coalesce(
                        a.action ->> 'action_category', a.action ->> 'action', a.action #>> '{}'
                    ),
                    'pattern_key', learning.canonical_pattern_key(
                        coalesce(a.action ->> 'pattern_key', v_pattern_key)
                    ),
                    'scope', coalesce(nullif(a.action -> 'scope', 'null'), v_scope)
                ) order by a.ordinal)
                from jsonb_array_elements(v_actions) with ordinality as a (action, ordinal)
            )
        )) as e
    )));
end
$$;
comment on function learning.aggregate_trade(learning.ad_strands) is
    'Writes the trade events of one closed trade from its strand; returns how many.';

-- The events of a closed trade, a row of pattern_trade_events per action: p_trade is an object of
-- the columns' names (trade_id, roi, did_trim, reached_s3, hold_hours, closed_at, position_id) and
-- of actions, in their order, each with action and, where it is known, pattern_key and scope of its
-- own.
create or replace function learning.trade_events(p_trade jsonb)
returns setof learning.pattern_trade_events
language sql stable
as $$
    select e.*
    from jsonb_array_elements(p_trade -> 'actions') with ordinality as a (item, ordinal)
    cross join lateral jsonb_populate_record(
        null::learning.pattern_trade_events,
        p_trade || a.item || jsonb_build_object(
            'action_category', a.item -> 'action', 'ordinal', a.ordinal
        )
    ) as e
$$;
comment on function learning.trade_events(jsonb) is
    'The events of a closed trade, one per action, as they are to be written.';

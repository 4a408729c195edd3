-- A batch of retention: at most p_limit closed trades with their messages, then as many windows
-- with their whole attempts, then as many messages of neither, of those older than p_before that
-- nothing waits for. What they say of overrides is added to override_past first. Capital is not
-- touched: allocation_history and allocation_days stay, and with them who was told before. Returns
-- {"windows", "trades", "messages"}.
create or replace function learning.remove_old_events(p_before timestamptz, p_limit integer)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_trades text[] := array(select t from learning.removable_trades(p_before, p_limit) as t);
    v_attempts text[];
    v_windows bigint[];
    v_messages bigint[] := array(
        select s.id from learning.ad_strands as s where s.trade_id = any (v_trades)
    );
    v_n bigint := cardinality(v_messages);
begin
    perform learning.keep_override_past('{}', v_messages);
    delete from learning.pattern_trade_events as e where e.trade_id = any (v_trades);
    delete from learning.ad_strands as s where s.id = any (v_messages);

    v_attempts := array(select a from learning.removable_attempts(p_before, p_limit) as a);
    v_windows := array(
        select e.id from learning.pattern_episode_events as e where e.attempt_id = any (v_attempts)
    );
    perform learning.keep_override_past(v_windows, '{}');
    delete from learning.pattern_episode_events as e where e.id = any (v_windows);

    v_messages := array(select m from learning.removable_messages(p_before, p_limit) as m);
    perform learning.keep_override_past('{}', v_messages);
    delete from learning.ad_strands as s where s.id = any (v_messages);
    return jsonb_build_object(
        'windows', cardinality(v_windows), 'trades', cardinality(v_trades),
        'messages', v_n + cardinality(v_messages)
    );
end
$$;
comment on function learning.remove_old_events(timestamptz, integer) is
    'Removes a batch of old windows, closed trades and messages that nothing waits for; returns counts.';

-- Removes what was recorded under a run's label: its windows, its closed trades, and with them
-- their share in what is mined and judged from now on. Shares of capital that its trades moved stay
-- as they are. Returns {"windows", "trades", "moved_capital"} (trades that had moved it). QD049 for
-- a label that nothing has.
create or replace function learning.remove_run(p_run text)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_windows bigint;
    v_trades text[];
    v_moved bigint;
begin
    delete from learning.pattern_episode_events as e where e.run = p_run;
    get diagnostics v_windows = row_count;
    with removed as (
        delete from learning.ad_strands as s
        where s.kind = 'position_closed' and s.content ->> 'run' = p_run
        returning s.trade_id
    )
    select coalesce(array_agg(r.trade_id), '{}') into v_trades from removed as r;
    if v_windows = 0 and v_trades = '{}' then
        raise exception using
            errcode = 'QD049',
            message = format('nothing is recorded under the run %L', left(p_run, 200)),
            hint = 'quadrant runs list';
    end if;
    delete from learning.pattern_trade_events as t where t.trade_id = any (v_trades);
    delete from learning.allocation_history as h where h.trade_id = any (v_trades);
    get diagnostics v_moved = row_count;
    perform learning.log('INFO', 'Run removed', jsonb_build_object(
        'run', p_run, 'windows', v_windows, 'trades', cardinality(v_trades),
        'moved_capital', v_moved
    ));
    return jsonb_build_object(
        'windows', v_windows, 'trades', cardinality(v_trades), 'moved_capital', v_moved
    );
end
$$;
comment on function learning.remove_run(text) is
    'Removes the windows and closed trades recorded under a run''s label; returns how many.';

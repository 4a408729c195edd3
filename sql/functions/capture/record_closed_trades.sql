-- Records an array of closed trades (as learning.record_closed_trade takes them) in their order,
-- and writes shares and positions once, as the last one leaves them; bad ones are kept in
-- episode_rejects under p_source and the rest goes on. What is no fault of the trade (a deadlock, a
-- lost lock) is raised. Returns {"read", "new", "already_there", "rejected", "reasons": [{"reason",
-- "sqlstate"}]}. QD014 for no array, QD006 without a source.
create or replace function learning.record_closed_trades(p_trades jsonb, p_source text)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_trade jsonb;
    v_state jsonb;
    v_told record;
    v_new integer := 0;
    v_reason text;
    v_reasons jsonb := '[]';
begin
    if jsonb_typeof(p_trades) is distinct from 'array' then
        raise exception using
            errcode = 'QD014', message = 'the closed trades are not an array',
            hint = 'pm.record_closed_trade takes a single one.';
    end if;
    perform learning.require_name(p_source, 'p_source');
    for v_trade in select t.item from jsonb_array_elements(p_trades) as t (item) loop
        begin
            select t.p_state, t.p_answer into v_told
            from learning.tell_closed_trade(v_trade, v_state) as t;
            v_state := v_told.p_state;
            v_new := v_new + (v_told.p_answer is not null)::integer;
        exception
            when others then
                if not learning.is_row_fault(sqlstate) then
                    raise;
                end if;
                v_reason := learning.reason_of('closed_trade', v_trade, sqlerrm);
                perform learning.keep_reject(
                    'closed_trade', p_source, v_trade, sqlstate, v_reason
                );
                v_reasons := v_reasons
                    || jsonb_build_object('reason', v_reason, 'sqlstate', sqlstate);
        end;
    end loop;
    perform learning.keep_allocation(v_state);
    return jsonb_build_object(
        'read', jsonb_array_length(p_trades),
        'new', v_new,
        'already_there', jsonb_array_length(p_trades) - v_new - jsonb_array_length(v_reasons),
        'rejected', jsonb_array_length(v_reasons),
        'reasons', v_reasons
    );
end
$$;
comment on function learning.record_closed_trades(jsonb, text) is
    'Records an array of closed trades; bad ones go to episode_rejects and the rest goes on. Returns counts.';

-- Everything that is wrong with a row of a kind (episode, trade, closed_trade): what its check
-- raises, then what it raises without that field, and so on. No rows: the row is good.
create or replace function learning.problems_of(p_kind text, p_row jsonb)
returns table (field text, code text, reason text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row jsonb := p_row;
    v_seen text[] := '{}';
    -- What stands in for a field that is needed, so that the check goes on.
    v_instead constant jsonb := case p_kind
        when 'episode' then jsonb_build_object(
            'pattern_key', '{"pattern_key": "pm.any.pattern"}'::jsonb,
            'window_id', '{"window_id": "any"}'::jsonb, 'episode_id', '{"window_id": "any"}'::jsonb,
            'decision', '{"decision": "acted"}'::jsonb,
            'decided_at', jsonb_build_object('decided_at', learning.clock()),
            'timestamp', jsonb_build_object('decided_at', learning.clock())
        )
        else jsonb_build_object(
            'trade_id', '{"trade_id": "any"}'::jsonb, 'roi', '{"roi": 0}'::jsonb,
            'pattern_key', '{"pattern_key": "pm.any.pattern"}'::jsonb,
            'action_category', '{"action_category": "entry"}'::jsonb,
            'timeframe', '{"timeframe": "1h"}'::jsonb,
            'closed_at', jsonb_build_object('closed_at', learning.clock()),
            'timestamp', jsonb_build_object('closed_at', learning.clock())
        )
    end;
begin
    loop
        begin
            if p_kind = 'episode' then
                perform learning.checked_window(v_row);
            elsif p_kind = 'trade' then
                perform learning.checked_trade(v_row);
            else
                perform learning.checked_closed_trade(v_row);
            end if;
            return;
        exception
            when others then
                if sqlstate not like 'QD%' then
                    raise;
                end if;
                get stacked diagnostics
                    field = column_name, reason = message_text, hint = pg_exception_hint;
                code := sqlstate;
        end;
        if field = any (v_seen) then
            return;
        end if;
        return next;
        if field = '' then
            return;
        end if;
        v_seen := v_seen || field;
        v_row := (v_row - field) || coalesce(v_instead -> field, '{}');
    end loop;
end
$$;
comment on function learning.problems_of(text, jsonb) is
    'Every problem of an episode, trade or closed_trade: field, code, reason, hint; none where it is good.';

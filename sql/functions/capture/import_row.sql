-- Stores one row strictly: p_kind is episode (fields: learning.checked_window), trade
-- (learning.checked_trade) or closed_trade (learning.record_closed_trade; it has no id here).
-- written: new, completed, already there. Raises the first of the row's problems with all of them
-- in the detail, and QD040 where its name stands for another one.
create or replace function learning.import_row(p_kind text, p_row jsonb)
returns table (id bigint, written text)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_window learning.pattern_episode_events;
    v_trade learning.pattern_trade_events;
begin
    if p_kind = 'closed_trade' then
        written := case when learning.record_closed_trade(p_row) is null then 'already there'
            else 'new' end;
        return next;
        return;
    end if;
    begin
        if p_kind = 'episode' then
            v_window := learning.checked_window(p_row);
        else
            v_trade := learning.checked_trade(p_row);
        end if;
    exception
        when others then
            if sqlstate like 'QD%' then
                perform learning.raise_problems(p_kind, p_row);
            end if;
            raise;
    end;
    if p_kind = 'episode' then
        select s.id, s.written into id, written
        from learning.store_windows(array[v_window]) as s;
    else
        select s.id, s.written into id, written
        from learning.store_trades(array[v_trade]) as s;
    end if;
    if written = 'conflict' then
        raise exception using
            errcode = 'QD040',
            message = learning.import_conflict(p_kind),
            hint = 'A window_id names one experiment, a trade_id and ordinal one action.';
    end if;
    return next;
end
$$;
comment on function learning.import_row(text, jsonb) is
    'Stores one episode or trade action strictly: its id, and new, completed or already there.';

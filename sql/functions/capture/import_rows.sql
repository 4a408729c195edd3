-- Stores rows (JSON texts) of a kind, episode or trade, as learning.import_row does, but in bulk:
-- a bad one is kept in episode_rejects under p_source, and the rest goes on. Per row: place (from
-- 1), id, written (new, completed, already there, rejected: then id is the reject's), and for
-- rejects SQLSTATE and reason. What is the server's trouble and not the row's is raised.
create or replace function learning.import_rows(p_kind text, p_rows text[], p_source text)
returns table (place integer, id bigint, written text, code text, reason text)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_text text;
    v_row jsonb;
    v_read integer := 0;
    v_places integer[] := '{}';
    v_windows learning.pattern_episode_events[] := '{}';
    v_trades learning.pattern_trade_events[] := '{}';
begin
    foreach v_text in array p_rows loop
        v_read := v_read + 1;
        v_row := null;
        begin
            v_row := v_text;
            if p_kind = 'episode' then
                v_windows := v_windows || learning.checked_window(v_row);
            else
                v_trades := v_trades || learning.checked_trade(v_row);
            end if;
            v_places := v_places || v_read;
        exception
            when others then
                if not learning.is_row_fault(sqlstate) then
                    raise;
                end if;
                place := v_read;
                written := 'rejected';
                if v_row is null and v_text is not null then
                    code := 'QD014';
                    reason := 'the row is no JSON the database can keep: ' || sqlerrm;
                else
                    code := sqlstate;
                    reason := learning.reason_of(p_kind, v_row, sqlerrm);
                end if;
                id := learning.keep_reject(
                    p_kind, p_source, coalesce(v_row, to_jsonb(v_text), 'null'), code, reason
                );
                return next;
        end;
    end loop;

    return query
    select v_places[s.place],
        case when s.written = 'conflict' then learning.keep_reject(
            p_kind, p_source, p_rows[v_places[s.place]]::jsonb, 'QD040',
            learning.import_conflict(p_kind)
        ) else s.id end,
        case when s.written = 'conflict' then 'rejected' else s.written end,
        case when s.written = 'conflict' then 'QD040' end,
        case when s.written = 'conflict' then learning.import_conflict(p_kind) end
    from (
        select e.* from learning.store_windows(v_windows) as e
        union all
        select t.* from learning.store_trades(v_trades) as t
    ) as s;
end
$$;
comment on function learning.import_rows(text, text[], text) is
    'Stores JSON rows of a kind in bulk; bad ones go to episode_rejects and the rest goes on. Says'
    ' per row what became of it.';

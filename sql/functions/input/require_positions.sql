-- The positions to enroll, if all of them are: objects of token_chain, token_contract, symbol,
-- timeframe and, where known, book and total_allocation_pct (0..100). QD014 for no array of those,
-- QD006 for a missing field, QD005, QD007, QD041 and QD046 for what is in one; all problems in the
-- detail.
create or replace function learning.require_positions(p_positions jsonb)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    v_item jsonb;
    v_place integer := 0;
    v_field text;
    v_code text;
    v_reason text;
    v_hint text;
    v_told text[] := '{}';
    v_first_code text;
    v_first_hint text;
begin
    if jsonb_typeof(p_positions) is distinct from 'array' then
        raise exception using
            errcode = 'QD014', message = 'the positions are not an array',
            hint = '[{"token_chain": "solana", "token_contract": "So1", "symbol": "SOL", '
                || '"timeframe": "15m"}]';
    end if;
    for v_item in select p.item from jsonb_array_elements(p_positions) as p (item) loop
        v_place := v_place + 1;
        begin
            perform learning.read_object(v_item, 'position');
            foreach v_field in array array[
                'token_chain', 'token_contract', 'symbol', 'timeframe'
            ] loop
                perform learning.require_name(
                    learning.read_text(v_item -> v_field, v_field), v_field
                );
            end loop;
            perform learning.read_text(v_item -> 'book', 'book');
            if v_item ->> 'timeframe' not in ('15m', '1h', '4h') then
                raise exception using
                    errcode = 'QD007',
                    message = format('unknown timeframe %L', v_item ->> 'timeframe'),
                    hint = 'Timeframes are 15m, 1h and 4h.';
            end if;
            if learning.read_number(v_item -> 'total_allocation_pct', 'total_allocation_pct')
                not between 0 and 100
            then
                raise exception using
                    errcode = 'QD046',
                    message = format(
                        'total_allocation_pct is out of range: %s',
                        v_item ->> 'total_allocation_pct'
                    ),
                    hint = 'It is a percentage of capital, 0 to 100.';
            end if;
        exception
            when others then
                if sqlstate not like 'QD%' then
                    raise;
                end if;
                get stacked diagnostics v_reason = message_text, v_hint = pg_exception_hint;
                v_code := sqlstate;
                v_first_code := coalesce(v_first_code, v_code);
                v_first_hint := coalesce(v_first_hint, v_hint);
                v_told := v_told || format('position %s: %s', v_place, v_reason);
        end;
    end loop;
    if v_told <> '{}' then
        raise exception using
            errcode = v_first_code, message = v_told[1], hint = v_first_hint,
            detail = format(
                '%s problems: %s', cardinality(v_told), array_to_string(v_told, '; ')
            );
    end if;
    return p_positions;
end
$$;
comment on function learning.require_positions(jsonb) is
    'Answers the positions to enroll; raises all their problems at once.';

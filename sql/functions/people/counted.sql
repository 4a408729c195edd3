-- A count with its noun: "1 change", "1,204 changes".
create or replace function analyst.counted(p_n bigint, p_one text, p_many text)
returns text
language sql immutable parallel safe
return to_char(p_n, 'FM999,999,999,990') || ' '
    || case p_n when 1 then p_one else p_many end;
comment on function analyst.counted(bigint, text, text) is
    'A count with its noun: 1 change, 1,204 changes.';

-- A slice as a phrase: "where bucket=nano and timeframe=15m", or "everywhere".
create or replace function analyst.scope_in_words(p_scope jsonb)
returns text
language sql immutable parallel safe
return case when coalesce(p_scope, '{}') = '{}' then 'everywhere'
    else 'where ' || array_to_string(learning.scope_items(p_scope), ' and ') end;
comment on function analyst.scope_in_words(jsonb) is
    'A slice as a phrase: where bucket=nano and timeframe=15m, or everywhere.';

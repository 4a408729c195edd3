-- The lines of the log of transactions from p_since (an id, null: none) up to the oldest that is
-- still open, in order, and where to go on from; without lines a row whose log_id is null. So who
-- follows misses no line that was committed late, and reads none twice.
create or replace function analyst.log_since(p_since text)
returns table (
    go_on text, log_id bigint, clock_at timestamptz, level text, event text, data jsonb
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select s.horizon::text, l.id, l.clock_at, l.level, l.event, l.data
    from (select pg_snapshot_xmin(pg_current_snapshot()) as horizon) as s
    left join learning.learning_log as l
        on l.transaction_id >= p_since::xid8 and l.transaction_id < s.horizon
    order by l.id
$$;
comment on function analyst.log_since(text) is
    'The log''s lines that became complete since a transaction id, and the id to go on from; null reads none.';

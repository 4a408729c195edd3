-- The present share of capital of each timeframe (0..1; they sum to exactly 1).
create or replace function pm.allocation_split()
returns table (timeframe text, share numeric)
language sql stable parallel safe security definer rows 3
set search_path = pg_catalog, pg_temp
as $$
    select t.timeframe, t.share
    from learning.timeframe_allocation((
        select c.config_data
        from learning.learning_configs as c
        where c.module_id = 'decision_maker'
    )) as t
$$;
comment on function pm.allocation_split() is
    'Present share (0..1) of each timeframe; the shares sum to 1.';

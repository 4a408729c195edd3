-- What is older than this may go (UTC, by learning.clock()): retention_days.events ago, never less
-- than what is learned from; null where all is kept. p_grace: days later.
create or replace function learning.events_kept_since(p_grace integer default 0)
returns timestamptz
language sql stable
as $$
    select learning.clock() - make_interval(days => p_grace + greatest(
        k.days,
        learning.days_learned_from((
            select c.config_data from learning.learning_configs as c where c.module_id = 'pm'
        ))
    ))
    from (
        select nullif(learning.setting(null, 'retention_days.events'), 'null')::integer as days
    ) as k
    where k.days is not null
$$;
comment on function learning.events_kept_since(integer) is
    'Windows, trades and messages before this may be removed (UTC); null: all are kept.';

-- Writes one line of the learning log, dated by the learning clock and by the server's own. Levels:
-- DEBUG, INFO, WARNING, ERROR. The run's NOTIFY is sent once, by end_run.
create or replace function learning.log(
    p_level text, p_event text, p_data jsonb default '{}', p_run_id bigint default null
)
returns void
language sql volatile
as $$
    insert into learning.learning_log (run_id, level, event, data)
    values (p_run_id, p_level, p_event, p_data)
$$;
comment on function learning.log(text, text, jsonb, bigint) is
    'Writes a line of the learning log; data holds the figures of the line.';

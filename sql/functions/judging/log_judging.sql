-- Logs a judging run's start: the lessons it finds, of them (key closed) those that are no
-- copies, and of those how many are simulated and how many drift.
create or replace function learning.log_judging(p_run_id bigint, p_as_of timestamptz)
returns void
language sql volatile
as $$
    select learning.log('INFO', 'Materializer starting', jsonb_build_object(
        'as_of', p_as_of,
        'lessons', count(*),
        'closed', count(*) filter (where not t.is_copy),
        'simulated', count(*) filter (where not t.is_copy and t.simulated),
        'drifting', count(*) filter (where not t.is_copy and not t.simulated)
    ), p_run_id)
    from learning.tuning_lessons as t
$$;
comment on function learning.log_judging(bigint, timestamptz) is
    'Logs the start of a judging run with the lessons it finds.';

-- The job quadrant.aggregate, every five minutes: learning.aggregator_step says what it does.
-- p_by_hand: replay and people, who move the clock themselves. No SET clause: a procedure that has
-- one cannot commit; hence every name in it is qualified.
create or replace procedure learning.run_aggregator(p_by_hand boolean default false)
language plpgsql
as $$
begin
    call learning.run_job(
        'quadrant.aggregate', 'Aggregator', 'select learning.aggregator_step($1, $2)',
        array['trades', 'stale_pendings', 'pattern_scope_stats'], p_by_hand
    );
end
$$;
comment on procedure learning.run_aggregator(boolean) is
    'The job quadrant.aggregate: trade events, stale pendings, analyst.pattern_scope_stats.';

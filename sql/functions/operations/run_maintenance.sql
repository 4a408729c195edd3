-- The daily job quadrant.maintain: learning.maintenance_step says what it does. No SET clause: a
-- procedure that has one cannot commit; hence every name in it is qualified.
create or replace procedure learning.run_maintenance()
language plpgsql
as $$
begin
    call learning.run_job(
        'quadrant.maintain', 'Maintenance', 'select learning.maintenance_step($2)',
        learning.maintenance_steps()
    );
end
$$;
comment on procedure learning.run_maintenance() is
    'The job quadrant.maintain: retention, statistics.';

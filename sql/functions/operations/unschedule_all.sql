-- Takes every Quadrant job of this database out of pg_cron: they are quadrant serve's then. Returns
-- how many there were; 0 where pg_cron is not in this database. A superuser or quadrant_jobs, whose
-- jobs they are, runs it; QD221 for who may not use pg_cron.
create or replace function learning.unschedule_all()
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_removed integer := 0;
begin
    if learning.has_pg_cron() then
        -- Dynamic: the table exists only where pg_cron is.
        execute format(
            'select count(cron.unschedule(j.jobid)) from cron.job as j '
                || 'where j.jobname like %L and j.database = %L',
            'quadrant.%', current_database()
        )
        into v_removed;
    end if;
    update learning.schedule as s set by_pg_cron = false where s.by_pg_cron;
    return v_removed;
end
$$;
comment on function learning.unschedule_all() is
    'Removes Quadrant''s jobs of this database from pg_cron; returns how many there were.';

-- Puts every enabled job of learning.schedule into pg_cron, by name (again: the same jobs), for the
-- role quadrant_jobs in this database, and takes disabled ones out; quadrant serve leaves them to
-- it then. Returns how many are scheduled; 0 where pg_cron is not in this database. A superuser
-- runs it; QD221 for others.
create or replace function learning.schedule_all()
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_job learning.schedule;
    v_scheduled integer := 0;
begin
    if not learning.has_pg_cron() then
        raise notice 'pg_cron is not in this database: nothing was scheduled';
        return 0;
    end if;
    perform learning.unschedule_all();
    for v_job in select s.* from learning.schedule as s where s.enabled order by s.job loop
        -- Dynamic: the function exists only where pg_cron is.
        execute format(
            'select cron.schedule_in_database(%L, %L, %L, %L, %L)',
            v_job.job, v_job.cron, v_job.command, current_database(), 'quadrant_jobs'
        );
        update learning.schedule as s set by_pg_cron = true where s.job = v_job.job;
        v_scheduled := v_scheduled + 1;
    end loop;
    return v_scheduled;
end
$$;
comment on function learning.schedule_all() is
    'Schedules the jobs of learning.schedule with pg_cron, as quadrant_jobs; returns how many.';

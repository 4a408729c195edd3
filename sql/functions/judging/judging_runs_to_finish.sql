-- Judging runs that wait for no request any more, oldest first.
create or replace function learning.judging_runs_to_finish()
returns setof bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select r.id
    from learning.learning_runs as r
    where r.job = 'quadrant.judge'
        and r.status = 'waiting'
        and not exists (
            select from learning.simulation_requests as s
            where s.run_id = r.id and s.status in ('waiting', 'leased')
        )
    order by r.id
$$;
comment on function learning.judging_runs_to_finish() is
    'Ids of the waiting judging runs whose simulations are all done or failed.';

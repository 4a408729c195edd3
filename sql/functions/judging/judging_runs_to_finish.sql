-- Judging runs that wait for no request any more, oldest first.
create or replace function learning.judging_runs_to_finish()
returns setof bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select r.run_id from learning.stuck_judgings as r order by r.run_id
$$;
comment on function learning.judging_runs_to_finish() is
    'Ids of the waiting judging runs whose simulations are all done or failed.';

-- A new judging run replaces those still waiting for a worker: their open requests are dropped and
-- they end as skipped. Grids already stored stay. Returns how many runs were replaced.
create or replace function learning.supersede_judging(p_run_id bigint)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_old bigint;
    v_replaced integer := 0;
begin
    for v_old in
        select r.id
        from learning.learning_runs as r
        where r.job = 'quadrant.judge' and r.status = 'waiting' and r.id < p_run_id
        order by r.id
        for update
    loop
        delete from learning.simulation_requests as s
        where s.run_id = v_old and s.status in ('waiting', 'leased');
        update learning.looks as k
        set status = 'superseded'
        where k.run_id = v_old and k.status = 'open';
        update learning.learning_runs as r
        set status = 'skipped', finished_at = clock_timestamp(),
            detail = r.detail || jsonb_build_object(
                'skipped', format('no worker finished it before run %s', p_run_id),
                'superseded_by', p_run_id
            )
        where r.id = v_old;
        perform learning.log(
            'WARNING', 'Judging run superseded', jsonb_build_object('by', p_run_id), v_old
        );
        v_replaced := v_replaced + 1;
    end loop;
    return v_replaced;
end
$$;
comment on function learning.supersede_judging(bigint) is
    'Ends judging runs still waiting for a worker in favour of a newer one; returns how many.';

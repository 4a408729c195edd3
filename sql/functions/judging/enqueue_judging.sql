-- Asks the worker for the grids a run needs: closed lessons with samples whose evidence or settings
-- differ from those of their stored grid. Announces them on simulation_requests, once. Returns how
-- many there are.
create or replace function learning.enqueue_judging(p_run_id bigint, p_as_of timestamptz)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_requests integer;
begin
    with settings as materialized (
        select p.pattern_key, s.stamp
        from (select distinct t.pattern_key from learning.tuning_lessons as t) as p
        cross join lateral learning.judging_settings(p.pattern_key) as s
    )
    insert into learning.simulation_requests (run_id, lesson_id, kind, evidence_stamp, as_of)
    select p_run_id, t.lesson_id, 'own', t.evidence_stamp, p_as_of
    from learning.tuning_lessons as t
    join settings as s using (pattern_key)
    left join learning.gate_simulations as g
        on g.lesson_id = t.lesson_id and g.kind = 'own'
    where t.closed
        and t.simulated
        and g.evidence_stamp is distinct from t.evidence_stamp || ':' || s.stamp
    order by t.pattern_key, t.depth, t.items;
    get diagnostics v_requests = row_count;
    if v_requests > 0 then
        perform pg_notify('simulation_requests', p_run_id::text);
    end if;
    return v_requests;
end
$$;
comment on function learning.enqueue_judging(bigint, timestamptz) is
    'Requests a simulation for every closed lesson with samples whose evidence or settings '
    'changed; returns how many.';

-- Asks the worker for the grids a run needs of a pattern: closed lessons with samples whose
-- evidence or settings differ from those of their stored grid. Returns how many there are.
create or replace function learning.enqueue_judging(
    p_run_id bigint, p_as_of timestamptz, p_pattern_key text
)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_stamp text := (select s.stamp from learning.judging_settings(p_pattern_key) as s);
    v_requests bigint;
begin
    insert into learning.simulation_requests (run_id, lesson_id, kind, evidence_stamp, as_of)
    select p_run_id, t.lesson_id, 'own', t.evidence_stamp, p_as_of
    from learning.tuning_lessons as t
    left join learning.gate_simulations as g
        on g.lesson_id = t.lesson_id and g.kind = 'own'
    where t.pattern_key = p_pattern_key
        and t.closed
        and t.simulated
        and g.evidence_stamp is distinct from t.evidence_stamp || ':' || v_stamp
    order by t.depth, t.items;
    get diagnostics v_requests = row_count;
    return v_requests;
end
$$;
comment on function learning.enqueue_judging(bigint, timestamptz, text) is
    'Requests a simulation for every closed lesson of a pattern with samples whose evidence or '
    'settings changed; returns how many.';

-- The lessons of a pattern a run has no evidence about: their simulation failed or is not there
-- yet, or none of their experiments carries samples any more. Missing evidence is no evidence: what
-- was in force or proposed for them stays as it is.
create or replace function learning.held_lessons(p_run_id bigint, p_pattern_key text)
returns bigint[]
language sql stable
as $$
    select coalesce(array_agg(t.lesson_id order by t.lesson_id), '{}')
    from learning.tuning_lessons as t
    left join learning.gate_simulations as g on g.lesson_id = t.lesson_id and g.kind = 'own'
    where t.pattern_key = p_pattern_key
        and t.closed
        and t.simulated
        and (
            g.id is null
            or g.n_events = 0
            or exists (
                select from learning.simulation_requests as r
                where r.run_id = p_run_id and r.lesson_id = t.lesson_id and r.status = 'failed'
            )
        )
$$;
comment on function learning.held_lessons(bigint, text) is
    'Lessons of a pattern without evidence in a run (failed, missing or empty simulations): their '
    'overrides stay as they are.';

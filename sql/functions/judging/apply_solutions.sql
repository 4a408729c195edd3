-- Makes the overrides of a pattern what its live solutions ask for. p_run_id is null for a person.
-- Returns the counts of learning.write_overrides().
create or replace function learning.apply_solutions(p_run_id bigint, p_pattern_key text)
returns jsonb
language sql volatile
as $$
    select learning.write_overrides(p_run_id, 'simulation', p_pattern_key, array(
        select o::learning.pm_overrides from learning.solution_overrides(p_pattern_key) as o
    ))
$$;
comment on function learning.apply_solutions(bigint, text) is
    'Writes the overrides that a pattern''s live solutions ask for; counts of changes.';

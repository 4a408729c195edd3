-- learning.explain_override for analysts.
create or replace function analyst.explain_override(p_override_id bigint)
returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select learning.explain_override(p_override_id)
$$;
comment on function analyst.explain_override(bigint) is
    'The story of one override: lesson, grid result, alternatives that lost, events that changed '
    'sides, tests, history; null when there is none.';

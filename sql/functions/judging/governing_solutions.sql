-- What governs windows of a slice in a look without it, most specific first: the slices accepted so
-- far that are broader (depth below p_depth) and overlap it, as [{scope, candidate}].
create or replace function learning.governing_solutions(
    p_look_id bigint, p_scope jsonb, p_depth integer
)
returns jsonb
language sql stable
as $$
    select coalesce(jsonb_agg(
        jsonb_build_object('scope', s.scope_subset, 'candidate', s.candidate)
        order by s.depth desc, s.place
    ), '[]')
    from learning.look_slices as s
    where s.look_id = p_look_id
        and s.candidate is not null
        and s.depth < p_depth
        and learning.slices_overlap(s.scope_subset, p_scope)
$$;
comment on function learning.governing_solutions(bigint, jsonb, integer) is
    'The accepted broader slices that would govern a slice''s windows, most specific first.';

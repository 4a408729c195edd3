-- Was a comparison asked for that no worker could make in three attempts?
create or replace function learning.comparison_failed(
    p_look_id bigint, p_lesson_id bigint, p_reference jsonb, p_exclusions jsonb
)
returns boolean
language sql stable
as $$
    select exists (
        select
        from learning.simulation_requests as r
        where r.look_id = p_look_id
            and r.lesson_id = p_lesson_id
            and r.reference = p_reference
            and r.exclusions = p_exclusions
            and r.status = 'failed'
    )
$$;
comment on function learning.comparison_failed(bigint, bigint, jsonb, jsonb) is
    'Whether the comparison was given up.';

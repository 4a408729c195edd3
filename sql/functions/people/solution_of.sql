-- The solution an id means: its own, or that of any of its overrides. Null for none.
create or replace function learning.solution_of(p_id bigint)
returns bigint
language sql stable
as $$
    select s.id from learning.solutions as s where s.id = p_id
    union all
    select s.id
    from learning.pm_overrides as o
    join learning.solutions as s on o.solution_id = format('solution %s', s.id)
    where o.id = p_id and o.method = 'simulation'
$$;
comment on function learning.solution_of(bigint) is
    'The id of the solution that a solution''s or an override''s id means; null for none.';

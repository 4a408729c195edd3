-- Every subset of a scope's conditions, up to p_max_dims of them (null: any number): the slices
-- that hold an experiment of that scope.
create or replace function learning.scope_subsets(p_scope jsonb, p_max_dims integer)
returns table (scope_subset jsonb, depth integer)
language sql immutable parallel safe
as $$
    with recursive items as (
        select row_number() over (order by e.key) as place,
            jsonb_build_object(e.key, e.value) as item
        from jsonb_each(p_scope) as e
    ),
    subsets as (
        select '{}'::jsonb as scope, 0::bigint as place, 0 as depth
        union all
        select s.scope || i.item, i.place, s.depth + 1
        from subsets as s
        join items as i on i.place > s.place
        where p_max_dims is null or s.depth < p_max_dims
    )
    select s.scope, s.depth from subsets as s
$$;
comment on function learning.scope_subsets(jsonb, integer) is
    'The subsets of a scope up to a depth: the slices it belongs to.';

-- The statements a search over p_dims dimensions and p_n events is made of: leads are dimensions
-- (their turns; '' none, 'a,b' two at once) whose values lead; expands, whether slices with further
-- conditions are looked for below them. Few events: each dimension leads, all in one statement.
-- Many: one statement per leading dimension; where many dimensions follow it, one per two, and the
-- single one is only counted.
create or replace function learning.slice_leads(
    p_n bigint, p_dims integer, p_max_dims integer, p_is_many boolean
)
returns table (leads text[], expands boolean)
language sql immutable parallel safe
as $$
    with dims as (
        select i, p_is_many and p_n > 16000 and coalesce(p_max_dims > 1, true)
            and p_dims - i >= case when p_n > 300000 then 3 else 6 end as is_split
        from generate_series(1, case when p_max_dims = 0 then 0 else p_dims end) as i
    )
    select array[''] || coalesce(
            array_agg(d.i::text) filter (where d.is_split or not p_is_many), '{}'
        ), not p_is_many
    from dims as d
    union all
    select array[d.i::text], true
    from dims as d
    where p_is_many and not d.is_split
    union all
    select array[format('%s,%s', a.i, b.i)], true
    from dims as a
    join dims as b on b.i > a.i
    where a.is_split
$$;
comment on function learning.slice_leads(bigint, integer, integer, boolean) is
    'How the search for slices is cut into statements by the dimensions that lead.';

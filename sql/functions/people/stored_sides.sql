-- The windows that change sides under a candidate in one look at a slice: admitted 1, refused -1,
-- or bought at another bar 0, with the difference in ROI. Of the comparisons that keep them, the
-- one the slice's verdict goes by, else the one with base. None for what no look has watched.
create or replace function learning.stored_sides(
    p_look_id bigint, p_lesson_id bigint, p_candidate integer
)
returns table (id bigint, kind integer, value double precision)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with chosen as (  -- by id alone: what changes sides may be megabytes
        select g.id
        from learning.gate_simulations as g
        join learning.look_slices as l on l.look_id = g.look_id and l.lesson_id = g.lesson_id
        where g.look_id = p_look_id and g.lesson_id = p_lesson_id and g.sides ? p_candidate::text
        order by (g.id = l.simulation_id) desc nulls last,
            (g.reference = '[]' and g.exclusions = '[]') desc, g.id desc
        limit 1
    ),
    found as materialized (
        select g.sides -> p_candidate::text as sides
        from learning.gate_simulations as g
        where g.id = (select c.id from chosen as c)
    )
    select u.id::bigint, u.kind::integer, u.value::double precision
    from found as f
    cross join lateral rows from (
        jsonb_array_elements_text(f.sides -> 'windows'),
        jsonb_array_elements_text(f.sides -> 'kinds'),
        jsonb_array_elements_text(f.sides -> 'values')
    ) as u (id, kind, value)
$$;
comment on function learning.stored_sides(bigint, bigint, integer) is
    'Windows that change sides under a candidate of a look: admitted 1, refused -1, another bar 0.';

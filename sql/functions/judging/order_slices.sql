-- The order in which the slices of a look are judged: broad before narrow; within a depth what is
-- pinned first, then what is in force, by confidence (so that the runtime prefers what was judged
-- first), then the strongest against base. Set once per look, when the comparisons with base are
-- there, together with the candidates that are in force or suspended, and what people decided about
-- them. Returns how many slices it set.
create or replace function learning.order_slices(p_look_id bigint)
returns bigint
language sql volatile
as $$
    with policies as materialized (
        select p.candidate, p.steps
        from learning.looks as k
        cross join lateral learning.policies(k.pattern_key) as p
        where k.id = p_look_id
    ),
    ordered as (
        select s.lesson_id, p.candidate, o.status, case
                when o.status <> 'active' then null
                when o.pinned then 'pinned'
                when o.approved_by is not null then 'approved'
            end as upheld, row_number() over (
            order by s.depth, o.pinned desc nulls last, (o.status = 'active') desc nulls last,
                case o.status when 'active' then o.confidence end desc nulls last, o.id,
                (select max(u.z) from unnest(g.z) as u (z)) desc nulls last,
                s.scope_subset::text
        ) as place
        from learning.look_slices as s
        join learning.looks as k on k.id = s.look_id
        left join learning.solutions as o
            on o.pattern_key = k.pattern_key
            and o.scope_subset = s.scope_subset
            and o.status in ('active', 'suspended')
        left join policies as p on p.steps = o.steps
        left join learning.gate_simulations as g
            on g.look_id = s.look_id
            and g.lesson_id = s.lesson_id
            and g.reference = '[]'
            and g.exclusions = '[]'
        where s.look_id = p_look_id
    ),
    placed as (
        update learning.look_slices as s
        set place = o.place,
            in_force = case o.status when 'active' then o.candidate end,
            held = case o.status when 'suspended' then o.candidate end,
            upheld = o.upheld,
            barred = array(
                select p.candidate
                from learning.looks as k
                join learning.solutions as d
                    on d.pattern_key = k.pattern_key
                    and d.scope_subset = s.scope_subset
                    and d.status = 'dismissed'
                join policies as p on p.steps = d.steps
                where k.id = p_look_id
            )
        from ordered as o
        where s.look_id = p_look_id and s.lesson_id = o.lesson_id and s.place is null
        returning 1
    )
    select count(*) from placed
$$;
comment on function learning.order_slices(bigint) is
    'Gives the slices of a look the order in which they are judged, and what is in force there.';

-- Scopes whose windows a slice of a look would not govern: overlapping slices of the same depth
-- accepted before it, with p_narrower those accepted below it too, and what people decided (manual
-- or pinned). What is pinned leaves windows only to narrower slices that are pinned too. As
-- a sorted array of scopes.
create or replace function learning.windows_of_others(
    p_look_id bigint, p_lesson_id bigint, p_narrower boolean
)
returns jsonb
language sql stable
as $$
    select coalesce(jsonb_agg(x.scope order by x.scope::text), '[]')
    from learning.look_slices as me
    join learning.looks as k on k.id = me.look_id
    cross join lateral (
        select s.scope_subset as scope
        from learning.look_slices as s
        where s.look_id = me.look_id
            and s.lesson_id <> me.lesson_id
            and s.candidate is not null
            and me.upheld is distinct from 'pinned'
            and (s.depth = me.depth and s.place < me.place or p_narrower and s.depth > me.depth)
        union
        select o.scope_subset
        from learning.pm_overrides as o
        where o.pattern_key = k.pattern_key
            and o.status = 'active'
            and o.action_category like 'tuning\_%'
            and (o.is_manual or o.scope_subset <> me.scope_subset)
            and case
                when o.pinned and me.upheld = 'pinned'
                    then o.depth >= me.depth + (not o.is_manual)::integer
                when o.pinned then true
                else o.is_manual and o.depth >= me.depth and me.upheld is distinct from 'pinned'
            end
    ) as x
    where me.look_id = p_look_id
        and me.lesson_id = p_lesson_id
        and learning.slices_overlap(x.scope, me.scope_subset)
$$;
comment on function learning.windows_of_others(bigint, bigint, boolean) is
    'Scopes whose windows something else governs, whatever the slice gets.';

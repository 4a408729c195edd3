-- The rule: of the overrides of a lever that are active and contained in a scope (its items) the
-- one with the largest preference wins; the last part of a preference is the negative id
-- (learning.preference). Answers the winners' ids, one per lever of a pattern, or of every pattern
-- where none is named. Switches are the reader's affair. Plain, so that the planner puts it in
-- place: hand items over as a column.
create or replace function learning.winning_overrides(
    p_items text[], p_pattern_key text default null
)
returns setof bigint
language sql stable parallel safe
as $$
    select -(pg_catalog.max(o.preference))[7]::bigint
    from learning.pm_overrides as o
    where o.anchor = any (array(select a.anchor from learning.scope_anchors(p_items) as a (anchor)))
        -- Keys begin with pm or dm. A range, because an index serves one whatever its ends.
        and o.pattern_key between coalesce(p_pattern_key, 'd') and coalesce(p_pattern_key, 'q')
        and o.status = 'active'
        and o.items <@ p_items
        and o.action_category like 'tuning\_%'
    group by o.pattern_key, o.action_category
$$;
comment on function learning.winning_overrides(text[], text) is
    'The active override with the largest preference per lever, of those contained in a scope.';

-- The rule: of the overrides of a lever that are active and contained in a scope (its items) the
-- one with the largest preference wins; the last part of a preference is the negative id
-- (learning.preference). Answers the winners' ids, one per lever of a pattern, or of every pattern
-- where none is named. Switches are the reader's affair.
create or replace function learning.winning_overrides(
    p_items text[], p_pattern_key text default null
)
returns bigint[]
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_anchors text[] := learning.scope_anchors(p_items);
    v_not_sig bigint := ~learning.scope_signature(p_items);
begin
    return array(
        select -(max(o.preference))[7]::bigint
        from learning.pm_overrides as o
        where o.anchor = any (v_anchors)
            -- Keys begin with pm or dm. A range, because an index serves one whatever its ends.
            and o.pattern_key between coalesce(p_pattern_key, 'd') and coalesce(p_pattern_key, 'q')
            and o.status = 'active'
            and case when o.sig & v_not_sig = 0 then o.items <@ p_items else false end
            and o.action_category like 'tuning\_%'
        group by o.pattern_key, o.action_category
        order by o.pattern_key, o.action_category
    );
end
$$;
comment on function learning.winning_overrides(text[], text) is
    'The active override with the largest preference per lever, of those contained in a scope.';

-- Pins what an id means, or takes the pin out (p_pinned false), in a person's name (null: the
-- database's user): a solution, or all that was set by hand in the slice of a manual override. What
-- is pinned outranks everything, and the judge leaves it alone; a proposed or suspended solution
-- that is pinned comes into force. Returns the overrides. QD090 for none, QD091 for a solution that
-- is past, or an override of drift or ladder.
create or replace function learning.pin_override(
    p_id bigint, p_pinned boolean default true, p_by text default null
)
returns setof learning.pm_overrides
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_by text := learning.acting_person(p_by);
    v_override learning.pm_overrides;
    v_solution learning.solutions;
begin
    select o.* into v_override
    from learning.pm_overrides as o
    where o.id = p_id and o.method <> 'simulation';
    if v_override.is_manual then
        update learning.pm_overrides as o
        set pinned = p_pinned, last_updated_at = learning.clock()
        where o.pattern_key = v_override.pattern_key
            and o.scope_subset = v_override.scope_subset
            and o.is_manual
            and o.pinned <> p_pinned;
        return query
        select o.*
        from learning.pm_overrides as o
        where o.pattern_key = v_override.pattern_key
            and o.scope_subset = v_override.scope_subset
            and o.is_manual
        order by o.id;
        return;
    elsif v_override.id is not null then
        raise exception using
            errcode = 'QD091',
            message = format('override %s is of the method %s: only a person''s and a solution''s '
                'can be pinned', p_id, v_override.method),
            hint = 'Set its gate by hand: quadrant override set.';
    end if;
    v_solution := learning.solution_to_decide(
        p_id, case when p_pinned then 'pin' else 'unpin' end,
        case when p_pinned then 'pinned' else 'unpinned' end
    );
    v_solution.pinned := p_pinned;
    if v_solution.status <> 'active' then
        v_solution.status := 'active';
        v_solution.approved_by := v_by;
    end if;
    if p_pinned then
        v_solution.reason := format('pinned by %s', v_by);
    else
        v_solution.reason := '';
    end if;
    v_solution := learning.decide_solution(
        v_solution, case when p_pinned then 'Solution pinned' else 'Solution unpinned' end, v_by
    );
    return query
    select o.*
    from learning.pm_overrides as o
    where o.method = 'simulation' and o.solution_id = format('solution %s', v_solution.id)
    order by o.id;
end
$$;
comment on function learning.pin_override(bigint, boolean, text) is
    'Pins (or unpins) a solution or what was set by hand in a slice; QD090, QD091.';

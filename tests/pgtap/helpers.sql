-- Helpers of the pgTAP tests. They live in the schema `tests`, as pgTAP itself, and run with the
-- search_path `public, tests`.

-- Set the clock for the rest of the transaction and answer it.
create function tests.clock_at(p_at timestamptz) returns timestamptz
language sql volatile
as $$
    update learning.clock_setting set set_to = p_at returning set_to
$$;

-- The SQLSTATE a statement fails with, run as a role; null where it succeeds (and is undone).
create function tests.sqlstate_as(p_role name, p_statement text) returns text
language plpgsql volatile
as $$
begin
    perform set_config('role', p_role, true);
    execute p_statement;
    raise exception using errcode = 'TT000';
exception
    when sqlstate 'TT000' then
        return null;
    when others then
        return sqlstate;
end
$$;

-- Mine what is due at a moment, in one transaction; the sums of what the patterns did.
create function tests.mine(p_at timestamptz) returns jsonb
language sql volatile
as $$
    select jsonb_build_object(
        'patterns', count(*), 'slices_changed', sum((m.done -> 'slices_changed')::bigint),
        'lessons_changed', sum((m.done -> 'lessons_changed')::bigint),
        'retired', sum((m.done -> 'retired')::bigint)
    )
    from (
        select learning.mine_pattern(p.pattern_key, p_at, null) as done
        from learning.patterns_to_mine(p_at) as p (pattern_key)
        offset 0
    ) as m
$$;

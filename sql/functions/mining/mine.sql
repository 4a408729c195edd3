-- Mines the patterns that changed: those in the outbox mining_dirty and those that time or settings
-- call up. One transaction; p_run_id may be null. Returns {"patterns", "events",
-- "slices", "slices_changed", "lessons", "lessons_changed", "retired"}, zeros when nothing was due.
create or replace function learning.mine(p_run_id bigint, p_as_of timestamptz)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_total jsonb;
begin
    with due as (
        select d.pattern_key from learning.mining_dirty as d
        union
        select t.pattern_key from learning.patterns_to_mine(p_as_of) as t (pattern_key)
    )
    select jsonb_build_object(
        'patterns', count(*),
        'events', coalesce(sum((m.result -> 'events')::bigint), 0),
        'slices', coalesce(sum((m.result -> 'slices')::bigint), 0),
        'slices_changed', coalesce(sum((m.result -> 'slices_changed')::bigint), 0),
        'lessons', coalesce(sum((m.result -> 'lessons')::bigint), 0),
        'lessons_changed', coalesce(sum((m.result -> 'lessons_changed')::bigint), 0),
        'retired', coalesce(sum((m.result -> 'retired')::bigint), 0)
    )
    into v_total
    from (
        select learning.mine_pattern(d.pattern_key, p_as_of, p_run_id) as result
        from due as d
        offset 0
    ) as m;
    return v_total;
end
$$;
comment on function learning.mine(bigint, timestamptz) is
    'Mines every pattern that changed as of a moment; returns counts of what it did.';

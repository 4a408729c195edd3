-- Is a simulated solution of this lesson in force now? Neutral pins and proposals are none.
create or replace function learning.has_solution(p_lesson_id bigint)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select exists (
            select
            from learning.lessons as l
            join learning.pm_overrides as o
                on o.pattern_key = l.pattern_key and o.scope_subset = l.scope_subset
            where l.id = p_lesson_id
                and o.method = 'simulation'
                and o.status = 'active'
                and not o.evidence ? 'neutral_pin'
        )
    );
end
$$;
comment on function learning.has_solution(bigint) is
    'True where a simulated override of the lesson''s scope is active.';

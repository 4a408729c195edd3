-- Opens a look at a pattern in a judging run, where one is due, and asks the worker for the
-- comparison of every slice's grid with the base gates (learning.slices_to_judge). Due: judge_every
-- days after the last decided look (profile plan: every run), or p_anyway. Returns the number of
-- requests; without slices there is no look.
create or replace function learning.open_look(
    p_run_id bigint, p_as_of timestamptz, p_pattern_key text, p_anyway boolean default false
)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_day date := (p_as_of at time zone 'utc')::date;
    v_profile text := learning.judging_profile(p_pattern_key);
    v_look bigint;
    v_requests integer;
begin
    if not p_anyway and v_profile = 'evidence' and exists (
        select
        from learning.looks as k
        where k.pattern_key = p_pattern_key
            and k.status = 'decided'
            and k.look_day > v_day - learning.setting(p_pattern_key, 'judge_every')::integer
            and k.look_day <= v_day
    ) or not exists (select from learning.slices_to_judge(p_pattern_key)) then
        return 0;
    end if;
    insert into learning.looks (
        run_id, pattern_key, profile, look_day, looked_at, n_levers, move
    )
    select p_run_id, p_pattern_key, v_profile, v_day, p_as_of,
        format('[0:%s]=%s', a.last, a.n_levers)::integer[],
        format('[0:%s]=%s', a.last, a.move)::double precision[]
    from (
        select array_agg(p.n_levers order by p.candidate) as n_levers,
            array_agg(p.move order by p.candidate) as move, max(p.candidate) as last
        from learning.policies(p_pattern_key) as p
    ) as a
    returning id into v_look;

    insert into learning.look_slices (look_id, lesson_id, scope_subset, depth)
    select v_look, s.lesson_id, s.scope_subset, s.depth
    from learning.slices_to_judge(p_pattern_key) as s;

    insert into learning.simulation_requests (run_id, look_id, lesson_id)
    select p_run_id, s.look_id, s.lesson_id
    from learning.look_slices as s
    where s.look_id = v_look
    order by s.depth, s.scope_subset::text;
    get diagnostics v_requests = row_count;
    return v_requests;
end
$$;
comment on function learning.open_look(bigint, timestamptz, text, boolean) is
    'Opens a look at a pattern that is due and asks for the comparisons it needs; returns how many.';

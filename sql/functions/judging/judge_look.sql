-- Goes on with a run's look at a pattern: decides it, and settles it when nothing is missing.
-- Returns how many comparisons are still needed.
create or replace function learning.judge_look(p_run_id bigint, p_pattern_key text)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_look bigint := (
        select k.id
        from learning.looks as k
        where k.run_id = p_run_id and k.pattern_key = p_pattern_key and k.status = 'open'
    );
    v_needed integer;
begin
    if v_look is null then
        return 0;
    end if;
    v_needed := learning.decide_look(v_look);
    if v_needed = 0 then
        perform learning.settle_look(v_look);
    end if;
    return v_needed;
end
$$;
comment on function learning.judge_look(bigint, text) is
    'Decides and settles a run''s look at a pattern; returns how many comparisons are still needed.';

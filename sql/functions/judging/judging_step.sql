-- One step of a judging run (drift, ladder, strength, requests, look), pattern after pattern:
-- one that fails is logged, named in the run's detail, and fails alone; it keeps what it had in
-- force. p_anyway: looks at patterns that are not due too. Returns the counts of all patterns
-- together: of requests how many, else by name.
create or replace function learning.judging_step(
    p_run_id bigint, p_as_of timestamptz, p_step text, p_anyway boolean default false
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_patterns text[];
    v_pattern text;
    v_result jsonb;
    v_total bigint := 0;
    v_counts jsonb := '{"created": 0, "changed": 0, "removed": 0, "proposals": 0}';
begin
    if p_step = 'requests' then
        perform learning.log_settings_problems(p_run_id);
        perform learning.supersede_judging(p_run_id);
    end if;
    v_patterns := case p_step
        when 'strength' then array(
            select m.pattern_key from learning.mined_trades as m order by 1
        )
        when 'look' then array(
            select k.pattern_key
            from learning.looks as k
            where k.run_id = p_run_id and k.status = 'open'
            order by 1
        )
        else array(
            select g.pattern_key from learning.gates as g
            union
            select o.pattern_key from learning.pm_overrides as o
            where not o.is_manual and o.method <> 'strength'
            order by 1
        )
    end;
    foreach v_pattern in array v_patterns loop
        v_result := learning.judge_pattern(p_run_id, p_as_of, p_step, v_pattern, p_anyway);
        if jsonb_typeof(v_result) = 'number' then
            v_total := v_total + v_result::bigint;
        elsif jsonb_typeof(v_result) = 'object' then
            v_counts := (
                select jsonb_object_agg(
                    c.name, c.n::bigint + coalesce((v_result ->> c.name)::bigint, 0)
                )
                from jsonb_each_text(v_counts) as c (name, n)
            );
        end if;
    end loop;
    if p_step not in ('requests', 'look') then
        return v_counts;
    end if;
    if v_total > 0 then
        perform pg_notify('simulation_requests', p_run_id::text);
    end if;
    return to_jsonb(v_total);
end
$$;
comment on function learning.judging_step(bigint, timestamptz, text, boolean) is
    'Runs one step of a judging run (drift, ladder, strength, requests, look) for every pattern, '
    'each failing alone, and returns its counts.';

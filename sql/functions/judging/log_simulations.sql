-- Logs what a run made of every simulated lesson of a pattern: its grid result, or why it has no
-- override. Lines of lessons simulated before are left out. What stays for want of evidence is
-- warned of in one line. Returns how many lessons were logged.
create or replace function learning.log_simulations(p_run_id bigint, p_pattern_key text)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_held text[] := array(
        select distinct l.scope_subset::text
        from learning.lessons as l
        join learning.pm_overrides as o on o.lesson_id = l.id and o.method = 'simulation'
        where l.id = any (learning.held_lessons(p_run_id, p_pattern_key))
        order by 1
    );
begin
    if v_held <> '{}' then
        perform learning.log(
            'WARNING', 'Overrides kept without new evidence',
            jsonb_build_object(
                'pattern_key', p_pattern_key, 'slices', cardinality(v_held),
                'scopes', to_jsonb(v_held[:20])
            ),
            p_run_id
        );
    end if;
    return (
        select count(learning.log(
            'INFO',
            case s.verdict when 'kept' then 'Grid result' else 'No override' end,
            jsonb_strip_nulls(to_jsonb(s) - 'simulated_at' - 'run_id'), p_run_id
        )::text)
        from analyst.simulations as s
        where s.run_id = p_run_id and s.pattern_key = p_pattern_key
    );
end
$$;
comment on function learning.log_simulations(bigint, text) is
    'Logs the grid result of every lesson of a pattern a run simulated, and why where there is no '
    'override.';

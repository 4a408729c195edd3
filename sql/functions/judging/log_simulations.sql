-- Logs what a run made of every simulated lesson: its grid result, or why it has no override.
-- Lines of lessons simulated before are left out. Returns how many lines were written.
create or replace function learning.log_simulations(p_run_id bigint)
returns bigint
language sql volatile
as $$
    select count(learning.log(
        'INFO',
        case s.verdict when 'kept' then 'Grid result' else 'No override' end,
        jsonb_strip_nulls(to_jsonb(s) - 'simulated_at' - 'run_id'), p_run_id
    )::text)
    from analyst.simulations as s
    where s.run_id = p_run_id
$$;
comment on function learning.log_simulations(bigint) is
    'Logs the grid result of every lesson a run simulated, and why where there is no override.';

-- Who may do what. Runs at the end of every deployment: objects that were dropped and made again
-- have lost their grants, new functions start with EXECUTE for PUBLIC.
set role quadrant_owner;

revoke all on schema learning, pm, analyst
    from public, quadrant_pm, quadrant_worker, quadrant_analyst;
revoke all on all tables in schema learning, pm, analyst
    from public, quadrant_pm, quadrant_worker, quadrant_analyst;
revoke all on all sequences in schema learning, pm, analyst
    from public, quadrant_pm, quadrant_worker, quadrant_analyst;
revoke all on all routines in schema learning, pm, analyst
    from public, quadrant_pm, quadrant_worker, quadrant_analyst;

-- Pure functions, and those that lend their owner's rights: views call them in their reader's name.
grant execute on function
    learning.clock(),
    learning.scope_items(jsonb),
    learning.family_multiplier,
    learning.scope_winners,
    learning.scope_postures,
    learning.is_scope(jsonb),
    learning.overrides_apply,
    learning.gate_value,
    learning.cron_previous,
    learning.lease_has_ended,
    learning.gets_overrides,
    learning.events_overdue,
    learning.drift_multiplier,
    learning.ladder_multiplier,
    learning.known_setting,
    learning.known_setting_in,
    learning.setting_in,
    learning.switch_in,
    learning.lesson_verdict,
    learning.rate_stats,
    learning.attempts,
    learning.experiment_weight,
    learning.quadrant,
    learning.key_without,
    learning.rate_difference,
    learning.wilson_interval,
    learning.normal_quantile,
    learning.normal_tail,
    learning.n_min_study,
    learning.judging_thresholds,
    learning.policies,
    learning.timeframe_allocation,
    learning.desired_shares,
    learning.shrunk_shares,
    learning.money_per_day,
    learning.trade_overrides
    to quadrant_pm, quadrant_worker, quadrant_analyst;

-- The portfolio manager reads and calls what stands in pm, nothing else.
grant usage on schema pm to quadrant_pm;
grant select on all tables in schema pm to quadrant_pm;
grant execute on all routines in schema pm to quadrant_pm;

-- Analysts read and call what stands in analyst.
grant usage on schema analyst to quadrant_analyst;
grant select on all tables in schema analyst to quadrant_analyst;
grant execute on all routines in schema analyst to quadrant_analyst;
grant execute on function
    learning.known_settings,
    learning.setting_range,
    learning.setting_entries,
    learning.configuration_problems,
    learning.strength_evidence,
    learning.strength_effect,
    learning.stored_sides,
    learning.statuses_open_to,
    learning.override_effects
    to quadrant_analyst;
-- And may ask what holds for a scope, and why; these read.
grant usage on schema pm to quadrant_analyst;
grant execute on function pm.gates, pm.steer, pm.why to quadrant_analyst;

-- The worker takes simulations and hands results in, through functions alone.
grant usage on schema learning, analyst to quadrant_worker;
grant execute on function
    learning.claim_simulations,
    learning.store_simulations,
    learning.store_sides,
    learning.fail_simulation,
    learning.finish_judging,
    learning.fail_judging,
    learning.judging_runs_to_finish,
    learning.judging_settings,
    learning.judging_windows,
    learning.judging_window_details,
    learning.beat,
    analyst.log_since
    to quadrant_worker;

reset role;

-- What only the database's owner can do; elsewhere quadrant migrate warns, and analyst.health.
-- Temporary objects are for who needs them: the PM's bulk COPY, the miner; PUBLIC has the right in
-- every new database and after a restore. Plans are not compiled, unless somebody said so: wide
-- ones (a CUBE of eight dimensions: 51 s instead of 8) take longer to compile than to run, and a
-- compilation cannot be interrupted.
do $of_the_database$
begin
    if pg_has_role(
        current_user, (select d.datdba from pg_database as d where d.datname = current_database()),
        'usage'
    ) then
        execute format(
            'revoke temporary on database %I from public, quadrant_worker, quadrant_analyst',
            current_database()
        );
        execute format(
            'grant temporary on database %I to quadrant_owner, quadrant_pm', current_database()
        );
        if not exists (
            select from pg_db_role_setting as s
            cross join unnest(s.setconfig) as c (setting)
            where s.setdatabase = (
                    select d.oid from pg_database as d where d.datname = current_database()
                )
                and s.setrole = 0
                and c.setting like 'jit=%'
        ) then
            execute format('alter database %I set jit = off', current_database());
        end if;
    end if;
end
$of_the_database$;

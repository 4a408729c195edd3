-- The hourly job quadrant.mine: mines each pattern that is due, then the trades of each pattern
-- that are, in a transaction of its own, so that one that fails does not stop the next; a failed
-- one stays in the outbox. By hand (p_by_hand: replay and people, outside the schedule) nothing is
-- recorded where nothing is due, for replay asks every simulated hour, and what failed first is
-- raised in the end. p_mined is the detail of the run: {"patterns": {key: what mine_pattern
-- returns}, "trades": {key: what mine_trades returns}, "failed"}; null where it did not run. No SET
-- clause: a procedure that has one cannot commit; hence every name in it is qualified.
create or replace procedure learning.run_tuning_miner(
    p_by_hand boolean default false, inout p_mined pg_catalog.jsonb default null
)
language plpgsql
as $$
declare
    v_run learning.learning_runs;
    v_patterns pg_catalog.text[];
    v_traded pg_catalog.text[];
    v_done pg_catalog.jsonb;
    v_trades pg_catalog.jsonb;
    v_failures pg_catalog.jsonb;
    v_failed_trades pg_catalog.jsonb;
    v_failed integer;
begin
    p_mined := null;
    if p_by_hand
        and not exists (select from learning.patterns_to_mine(learning.clock()) as t (pattern_key))
        and not exists (select from learning.trades_to_mine(learning.clock()) as t (pattern_key))
    then
        return;
    end if;
    v_run := learning.begin_run('quadrant.mine', p_by_hand => p_by_hand);
    if v_run.status = 'skipped' then
        return;
    end if;
    perform learning.log_settings_problems(v_run.id);
    v_patterns := array(
        select t.pattern_key from learning.patterns_to_mine(v_run.as_of) as t (pattern_key)
    );
    v_traded := array(
        select t.pattern_key from learning.trades_to_mine(v_run.as_of) as t (pattern_key)
    );
    commit;
    call learning.run_steps(
        v_run,
        'select pg_catalog.jsonb_build_object($2, learning.mine_pattern($2, ($1).as_of, ($1).id))',
        v_patterns, 'TuningMiner pattern failed', 'pattern_key', v_done, v_failures
    );
    call learning.run_steps(
        v_run,
        'select pg_catalog.jsonb_build_object($2, learning.mine_trades($2, ($1).as_of, ($1).id))',
        v_traded, 'TuningMiner trades failed', 'pattern_key', v_trades, v_failed_trades
    );
    v_failures := v_failures operator(pg_catalog.||) v_failed_trades;
    v_failed := pg_catalog.jsonb_array_length(v_failures);
    p_mined := pg_catalog.jsonb_build_object(
        'patterns', v_done, 'trades', v_trades, 'failed', v_failed
    );
    perform learning.end_run(
        v_run.id, case when v_failed > 0 then 'failed' else 'done' end, p_mined
    );
    if p_by_hand and v_failed > 0 then
        commit;
        raise exception using
            errcode = pg_catalog.jsonb_extract_path_text(v_failures, '0', 'sqlstate'),
            message = pg_catalog.jsonb_extract_path_text(v_failures, '0', 'message');
    end if;
end
$$;
comment on procedure learning.run_tuning_miner(boolean, pg_catalog.jsonb) is
    'The job quadrant.mine: mines the patterns, and the trades of patterns, that are due, one transaction each.';

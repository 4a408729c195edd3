-- Mining and judging without their commits, for a caller who rolls them back (quadrant learn
-- --dry-run) and has taken the jobs: a look at every pattern, due or not. The comparisons asked for
-- are the worker's, in the same transaction. mined is {pattern: counts of mine_pattern}, run_id the
-- judging run, null while somebody else is at it.
create or replace function learning.rehearse(out mined jsonb, out run_id bigint)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_mining learning.learning_runs := learning.begin_run('quadrant.mine', p_by_hand => true);
    v_judging learning.learning_runs := learning.begin_run('quadrant.judge', p_by_hand => true);
    v_done jsonb;
begin
    if 'skipped' in (v_mining.status, v_judging.status) then
        return;
    end if;
    select coalesce(jsonb_object_agg(
        t.pattern_key, learning.mine_pattern(t.pattern_key, v_mining.as_of, v_mining.id)
    ), '{}')
    into mined
    from learning.patterns_to_mine(v_mining.as_of) as t (pattern_key);
    perform learning.mine_trades(t.pattern_key, v_mining.as_of, v_mining.id)
    from learning.trades_to_mine(v_mining.as_of) as t (pattern_key);
    perform learning.end_run(v_mining.id, 'done', jsonb_build_object('patterns', mined));
    select jsonb_object_agg(
        s.step, learning.judging_step(v_judging.id, v_judging.as_of, s.step, true) order by s.place
    )
    into v_done
    from unnest(array['drift', 'ladder', 'strength', 'requests'])
        with ordinality as s (step, place);
    perform learning.end_run(v_judging.id, 'waiting', v_done);
    run_id := v_judging.id;
end
$$;
comment on function learning.rehearse() is
    'Mines and judges in the caller''s transaction, which is to be undone; the judging run.';

-- Mines at the clock, outside the schedule. Null when nothing is due (cheap: replay asks every
-- simulated hour) or a scheduled run is at it; else the counts of learning.mine().
create or replace function learning.mine_by_hand()
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_as_of timestamptz := learning.clock();
    v_run learning.learning_runs;
    v_mined jsonb;
begin
    if not exists (select from learning.mining_dirty)
        and not exists (select from learning.patterns_to_mine(v_as_of))
    then
        return null;
    end if;
    v_run := learning.begin_run('quadrant.mine', p_by_hand => true);
    if v_run.status = 'skipped' then
        return null;
    end if;
    v_mined := learning.mine(v_run.id, v_as_of);
    perform learning.end_run(v_run.id, 'done', v_mined);
    return v_mined;
end
$$;
comment on function learning.mine_by_hand() is
    'Mines at the clock, outside the schedule; returns learning.mine()''s counts, or null when nothing is due.';

-- The steps of the judging job without its commits, for a caller who rolls them back (quadrant
-- learn --dry-run). The comparisons asked for are the worker's, in the same transaction. Returns
-- the id of the run, null while another run is in progress.
create or replace function learning.judge_by_hand(p_anyway boolean default false)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_run learning.learning_runs := learning.begin_run('quadrant.judge', p_by_hand => true);
    v_detail jsonb;
begin
    if v_run.status = 'skipped' then
        return null;
    end if;
    select jsonb_object_agg(
        s.step, learning.judging_step(v_run.id, v_run.as_of, s.step, p_anyway) order by s.place
    )
    into v_detail
    from unnest(array['drift', 'ladder', 'requests']) with ordinality as s (step, place);
    perform learning.end_run(v_run.id, 'waiting', v_detail);
    return v_run.id;
end
$$;
comment on function learning.judge_by_hand(boolean) is
    'The judging job in one transaction; returns the run, null while another is in progress.';

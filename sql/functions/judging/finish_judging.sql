-- Goes on with a judging run once its comparisons are there, each look in a sub-transaction of its
-- own: it is decided, or asks for more comparisons, or fails alone, logged, and what it had in
-- force stays. The run is done with its last look. Returns how many comparisons are still needed.
create or replace function learning.finish_judging(p_run_id bigint)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_run learning.learning_runs;
    v_look learning.looks;
    v_needed integer := 0;
    v_more integer;
    v_done jsonb;
    v_message text;
    v_state text;
    v_context text;
begin
    select r.* into v_run
    from learning.learning_runs as r
    where r.id = p_run_id and r.status in ('running', 'waiting')
    for update;
    if not found or exists (
        select from learning.simulation_requests as r
        where r.run_id = p_run_id and r.status in ('waiting', 'leased')
    ) then
        return 0;
    end if;
    for v_look in
        select k.* from learning.looks as k
        where k.run_id = p_run_id and k.status = 'open' order by k.pattern_key
    loop
        begin
            v_more := learning.decide_look(v_look.id);
            v_needed := v_needed + v_more;
            if v_more = 0 then
                perform learning.settle_look(v_look.id);
            end if;
        exception
            when others then
                get stacked diagnostics v_message = message_text, v_state = returned_sqlstate,
                    v_context = pg_exception_context;
                update learning.looks as k set status = 'failed' where k.id = v_look.id;
                perform learning.log(
                    'ERROR', 'Judging failed', jsonb_build_object(
                        'pattern_key', v_look.pattern_key, 'sqlstate', v_state,
                        'message', v_message, 'context', v_context
                    ), p_run_id
                );
        end;
    end loop;
    if v_needed > 0 then
        perform pg_notify('simulation_requests', p_run_id::text);
        return v_needed;
    end if;
    select jsonb_build_object(
        'looks', count(*), 'failed_patterns', count(*) filter (where k.status = 'failed'),
        'slices', sum(k.slices), 'created', sum(k.created), 'dropped', sum(k.dropped)
    )
    into v_done
    from learning.looks as k
    where k.run_id = p_run_id;
    perform learning.log('INFO', 'Materializer finished', v_done, p_run_id);
    perform learning.end_run(
        p_run_id, case
            when v_run.detail ? 'failed' or (v_done ->> 'failed_patterns')::integer > 0
                then 'failed'
            else 'done'
        end,
        jsonb_build_object('simulation', v_done)
    );
    return 0;
end
$$;
comment on function learning.finish_judging(bigint) is
    'Decides the looks of a run whose comparisons are there; returns how many more are needed.';

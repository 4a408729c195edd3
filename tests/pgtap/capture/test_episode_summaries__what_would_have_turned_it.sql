begin;
select plan(7);

create function pg_temp.window(
    p_window text, p_decision text, p_outcome text, p_blocked text[], p_factors jsonb,
    p_pattern text default 'pm.uptrend.S3.retest'
) returns void
language plpgsql
as $$
begin
    insert into learning.pattern_episode_events (
        window_id, episode_id, attempt_id, pattern_key, decision, outcome, blocked_by, factors,
        opened_at
    )
    values (
        p_window, 'e', 'a', p_pattern, p_decision, p_outcome, p_blocked, p_factors,
        timestamptz '2024-01-01 00:00Z' + (select count(*) from learning.pattern_episode_events)
            * interval '1 hour'
    );
end
$$;
create function pg_temp.summary(p_type text default 's3_retest') returns jsonb
language sql
as $$
    select s.content
    from learning.episode_summaries(jsonb_build_array(jsonb_build_object(
        'episode_id', 'e', 'position_id', null, 'episode_type', p_type,
        'pattern_key', 'pm.uptrend.S3.retest', 'ended_ms', 0
    ))) as s
$$;

select is(
    pg_temp.summary('s2_entry') - '{episode_type,pattern_key}'::text[],
    '{"outcome": null, "windows": [], "levers_considered": [], "s2_opportunity_existed": false}',
    'an episode without a window has no outcome'
);
do $do$ begin perform pg_temp.window('w1', 'skipped', 'failure', '{ts}',
    '{"ts_score": 0.5, "ts_min": 0.6, "samples": [{}, {}, {}, {}, {}, {}]}'); end $do$;
select is(pg_temp.summary() ->> 'outcome', 'correct_skip', 'skipped, and nothing was missed');
select is(
    pg_temp.summary() -> 'levers_considered', '[]', 'no lever is considered where nothing went wrong'
);
do $do$ begin perform pg_temp.window('w2', 'skipped', 'success', '{ts,dx}',
    '{"ts_score": 0.55, "ts_min": 0.6, "dx_score": 0.6, "dx_min": 0.6, "dx_adjustment": 0.07,
      "dx_suppression": 0.05, "slope": 0.01, "slope_min": 0, "samples": [{}, {}]}'); end $do$;
select is(pg_temp.summary() ->> 'outcome', 'missed', 'one success among the skipped is a miss');
select is(
    (
        select jsonb_agg(jsonb_build_array(
            l ->> 'lever', round((l ->> 'delta')::numeric, 6), round((l ->> 'severity')::numeric, 6),
            l -> 'signal_confidence'
        ))
        from jsonb_array_elements(pg_temp.summary() -> 'levers_considered') as l
    ),
    '[["ts", -0.05, 0.5, 0.25], ["dx", -0.07, 0.7, 0.25], ["edx", -0.05, 0.25, 0.25]]',
    'the gates that blocked it, each with the shift that would have let it in'
);
do $do$ begin perform pg_temp.window('w3', 'acted', 'failure', '{}',
    '{"ts_score": 0.9, "ts_min": 0.6, "dx_score": 0.6, "dx_min": 0.6, "dx_adjustment": -0.05,
      "slope": 0.01, "slope_min": 0, "samples": [{}, {}, {}, {}, {}, {}, {}, {}]}'); end $do$;
select is(pg_temp.summary() ->> 'outcome', 'failure', 'what was acted on speaks first');
select is(
    (
        select jsonb_agg(jsonb_build_array(
            l ->> 'lever', round((l ->> 'delta')::numeric, 6), round((l ->> 'severity')::numeric, 6),
            l -> 'signal_confidence'
        ))
        from jsonb_array_elements(pg_temp.summary() -> 'levers_considered') as l
        where l ->> 'window_id' = 'w3'
    ),
    '[["ts", 0.3, 1, 0.5], ["dx", 0.05, 0.5, 0.5], ["slope", 0.01, 0.5, 0.5]]',
    'an acted failure: how far each gate would have had to tighten, severity at most 1'
);

select * from finish();
rollback;

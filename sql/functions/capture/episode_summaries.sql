-- What became of ended episodes (array of episode_id, position_id, episode_type, pattern_key,
-- ended_ms), from their windows: outcome (success, failure; missed, correct_skip where nothing was
-- bought; neutral; null without a window), windows, and the levers that would have turned a window
-- that went wrong. delta is the shift of the threshold in the gate's unit, severity its share of
-- the largest grid step (EDX: 0.20), signal_confidence the window's share of the episode's samples.
create or replace function learning.episode_summaries(p_endings jsonb)
returns table (
    episode_id text, position_id bigint, ended_ms bigint, content jsonb
)
language sql stable
as $$
    with endings as (
        select d.*
        from jsonb_to_recordset(p_endings) as d (
            episode_id text, position_id bigint, episode_type text, pattern_key text,
            ended_ms bigint
        )
    ),
    windows as (
        select d.episode_id, e.window_id, e.pattern_key, e.decision, e.outcome, e.blocked_by,
            e.factors, e.opened_at,
            (e.decision, e.outcome) in (('skipped', 'success'), ('acted', 'failure')) as went_wrong,
            n.samples::double precision
                / nullif(sum(n.samples) over (partition by d.episode_id), 0) as confidence
        from endings as d
        join learning.pattern_episode_events as e on e.episode_id = d.episode_id
        cross join lateral (
            select case when jsonb_typeof(e.factors -> 'samples') = 'array'
                then jsonb_array_length(e.factors -> 'samples') end as samples
        ) as n
    ),
    gates as (
        select w.episode_id, w.window_id, w.opened_at, w.confidence, g.ordinal, g.gate,
            (w.factors ->> g.value_key)::double precision
                - coalesce((w.factors ->> (g.gate || '_adjustment'))::double precision, 0)
                - (w.factors ->> (
                    g.gate || case g.direction when 'at_most' then '_max' else '_min' end
                ))::double precision as delta,
            (select max(abs(s.step)) from unnest(g.steps) as s (step)) as cap,
            case when g.gate = any (w.blocked_by)
                then (w.factors ->> (g.gate || '_suppression'))::double precision
            end as suppression
        from windows as w
        join learning.gates as g on g.pattern_key = w.pattern_key
        where w.went_wrong
            and cardinality(g.steps) > 1
            and (w.decision = 'acted' or g.gate = any (w.blocked_by))
    ),
    levers as (
        select g.episode_id, g.window_id, g.opened_at, g.confidence, g.ordinal, 1 as part,
            g.gate as lever, g.delta, g.cap
        from gates as g
        where g.delta is not null
        union all
        select g.episode_id, g.window_id, g.opened_at, g.confidence, g.ordinal, 2,
            'edx', -least(g.suppression, abs(g.delta)), 0.20
        from gates as g
        where g.suppression > 0
    )
    select d.episode_id, d.position_id, d.ended_ms,
        jsonb_build_object(
            'episode_type', d.episode_type,
            'pattern_key', d.pattern_key,
            'outcome', case
                when w.acted @> '{success}' then 'success'
                when w.acted @> '{failure}' then 'failure'
                when w.skipped @> '{success}' then 'missed'
                when w.skipped @> '{failure}' then 'correct_skip'
                when w.windows is not null then 'neutral'
            end,
            'windows', coalesce(w.windows, '[]'),
            'levers_considered', coalesce(l.levers, '[]')
        ) || case d.episode_type when 's2_entry' then
            jsonb_build_object('s2_opportunity_existed', coalesce(w.buyable, false)) else '{}' end
    from endings as d
    left join (
        select w.episode_id,
            array_agg(w.outcome) filter (where w.decision = 'acted') as acted,
            array_agg(w.outcome) filter (where w.decision = 'skipped') as skipped,
            bool_or((w.factors ->> 's2_opportunity_existed')::boolean) as buyable,
            jsonb_agg(jsonb_build_object(
                'window_id', w.window_id, 'decision', w.decision, 'outcome', w.outcome
            ) order by w.opened_at, w.window_id) as windows
        from windows as w
        group by w.episode_id
    ) as w on w.episode_id = d.episode_id
    left join (
        select l.episode_id,
            jsonb_agg(jsonb_build_object(
                'window_id', l.window_id, 'lever', l.lever, 'delta', l.delta,
                'severity', least(1, abs(l.delta) / l.cap), 'signal_confidence', l.confidence
            ) order by l.opened_at, l.window_id, l.ordinal, l.part) as levers
        from levers as l
        group by l.episode_id
    ) as l on l.episode_id = d.episode_id
$$;
comment on function learning.episode_summaries(jsonb) is
    'The content of the uptrend_episode_summary strand of each ended episode, from its windows.';

-- One episode, named by its id or by that of a window or trade of it, told from its strands,
-- oldest first: those that carry its id, those of the trades its
-- windows bought into, and its position's changes of state from its first window on until its
-- summary. At one moment the ends come last. what is a sentence, content the strand's own. Nothing
-- for an unknown episode.
create or replace function analyst.episode_story(p_episode text)
returns table (
    happened_at timestamptz, kind text, trade_id text, what text, content jsonb
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with asked as (
        select coalesce((
            select e.episode_id
            from learning.pattern_episode_events as e
            where e.window_id = p_episode or e.trade_id = p_episode
            order by e.decided_at
            limit 1
        ), p_episode) as episode_id
    ),
    windows as (
        select e.trade_id, e.position_id, e.opened_at
        from learning.pattern_episode_events as e
        where e.episode_id = (select a.episode_id from asked as a)
    ),
    span as (
        select w.position_id, min(w.opened_at) as since, (
            select min(s.happened_at)
            from learning.ad_strands as s
            where s.episode_id = (select a.episode_id from asked as a)
                and s.kind = 'uptrend_episode_summary'
        ) as until
        from windows as w
        where w.position_id is not null
        group by w.position_id
    ),
    strands as (
        select s.*
        from learning.ad_strands as s
        where s.episode_id = (select a.episode_id from asked as a)
        union
        select s.*
        from learning.ad_strands as s
        where s.trade_id in (select w.trade_id from windows as w)
        union
        select s.*
        from learning.ad_strands as s
        join span as p on p.position_id = s.position_id
            and s.happened_at between p.since and coalesce(p.until, 'infinity')
        where s.kind = 'uptrend_stage_transition'
    )
    select s.happened_at, s.kind, s.trade_id,
        case s.kind
            when 'uptrend_stage_transition' then format(
                'From %s to %s at a close of %s.',
                s.content ->> 'before', s.content ->> 'after', s.content ->> 'close'
            )
            when 'uptrend_buy_window' then format(
                'A window of %s ended: %s%s after %s bars.', s.content ->> 'pattern_key',
                s.content ->> 'decision',
                (
                    select ', blocked by ' || string_agg(b.gate, ', ' order by b.place)
                    from jsonb_array_elements_text(s.content -> 'blocked_by')
                        with ordinality as b (gate, place)
                ),
                s.content ->> 'bars'
            )
            when 'uptrend_episode_summary' then format(
                'The %s ended: %s, %s windows, %s levers considered.',
                s.content ->> 'episode_type', coalesce(s.content ->> 'outcome', 'no window'),
                jsonb_array_length(s.content -> 'windows'),
                jsonb_array_length(s.content -> 'levers_considered')
            )
            when 'pm_action' then format(
                'Order of the PM: %s%s%s.', s.content ->> 'action',
                ' of ' || case jsonb_typeof(s.content -> 'usd')
                    when 'number' then round((s.content ->> 'usd')::numeric, 2)::text
                    else s.content ->> 'usd' end,
                ' at ' || case jsonb_typeof(s.content -> 'price')
                    when 'number' then trim_scale(round((s.content ->> 'price')::numeric, 12))::text
                    else s.content ->> 'price' end
            )
            when 'position_closed' then format(
                'The trade of %s was closed: ROI %s %%.', s.content ->> 'pattern_key',
                case jsonb_typeof(s.content -> 'roi')
                    when 'number' then round(100 * (s.content ->> 'roi')::numeric, 2)::text
                    else s.content ->> 'roi' end
            )
            else format('%s.', s.kind)
        end,
        s.content
    from strands as s
    order by s.happened_at, s.kind in ('uptrend_episode_summary', 'position_closed'), s.id
$$;
comment on function analyst.episode_story(text) is
    'What happened in one episode (its id, or that of a window or trade of it), oldest first, each strand with one sentence (usd and prices in quote currency, times UTC).';

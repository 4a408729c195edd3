-- The lines of windows whose decision (EPISODE EVENT) or outcome (EPISODE OUTCOME) is new: one
-- each, or one per pattern and kind where they are more than 200 (an import). A ticked window's
-- line is of its own moment. One warning per pattern and set of values or thresholds a decision
-- lacks.
create or replace function learning.log_windows(p_decided bigint[], p_judged bigint[]) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(cardinality(p_decided), 0) + coalesce(cardinality(p_judged), 0) = 0
        or not learning.setting(null, 'log_episodes')::boolean
    then
        return;
    end if;
    if cardinality(p_decided) + cardinality(p_judged) > 200 then
        insert into learning.learning_log (level, event, data)
        select 'INFO', 'EPISODE EVENT, many', jsonb_build_object(
            'pattern_key', e.pattern_key, 'decision', e.decision, 'windows', count(*)
        )
        from learning.pattern_episode_events as e
        where e.id = any (p_decided)
        group by e.pattern_key, e.decision;
        insert into learning.learning_log (level, event, data)
        select 'INFO', 'EPISODE OUTCOME, many', jsonb_build_object(
            'pattern_key', e.pattern_key, 'decision', e.decision, 'outcome', e.outcome,
            'windows', count(*)
        )
        from learning.pattern_episode_events as e
        where e.id = any (p_judged)
        group by e.pattern_key, e.decision, e.outcome;
    else
        insert into learning.learning_log (level, event, data, clock_at)
        select 'INFO', case k.kind when 1 then 'EPISODE EVENT' else 'EPISODE OUTCOME' end,
            jsonb_build_object(
                'pattern_key', e.pattern_key, 'scope', e.scope, 'decision', e.decision,
                'window_id', e.window_id
            ) || case
                when k.kind = 2 then jsonb_build_object(
                    'outcome', e.outcome, 'reason', e.outcome_reason
                )
                when e.blocked_by <> '{}' then jsonb_build_object(
                    'reason', array_to_string(e.blocked_by, ', ')
                )
                else '{}'
            end,
            case when e.position_id is null then learning.log_time() else k.at end
        from (
            select 1, d.id from unnest(p_decided) as d (id)
            union all
            select 2, j.id from unnest(p_judged) as j (id)
        ) as w (kind, id)
        join learning.pattern_episode_events as e on e.id = w.id
        cross join lateral (
            select w.kind, case w.kind when 1 then e.decided_at else e.outcome_at end as at
        ) as k
        order by k.kind, k.at, e.id;
    end if;
    if p_decided = '{}' then
        return;
    end if;
    insert into learning.learning_log (level, event, data)
    select 'WARNING', 'EPISODE EVENT lacks values', jsonb_build_object(
        'pattern_key', m.pattern_key, 'missing', m.missing, 'windows', count(*),
        'window_id', min(m.window_id)
    )
    from (
        select e.pattern_key, e.window_id, array_agg(k.key order by g.ordinal, k.place) as missing
        from learning.pattern_episode_events as e
        join learning.gates as g on g.pattern_key = e.pattern_key and cardinality(g.steps) > 1
        cross join lateral (
            values (1, g.value_key),
                (2, g.gate || case g.direction when 'at_most' then '_max' else '_min' end)
        ) as k (place, key)
        where e.id = any (p_decided) and not e.factors ? k.key
        group by e.id
    ) as m
    group by m.pattern_key, m.missing;
end
$$;
comment on function learning.log_windows(bigint[],bigint[]) is
    'Logs the decisions and outcomes of windows that are new, and what the decisions lack; setting log_episodes.';

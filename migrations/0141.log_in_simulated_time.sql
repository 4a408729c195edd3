set role quadrant_owner;

-- The time a line of the log is of: the clock that was set, else the moment itself (learning.clock()
-- is the transaction's beginning).
create function learning.log_time() returns timestamptz
language sql volatile parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce((select c.set_to from learning.clock_setting as c), clock_timestamp())
$$;
comment on function learning.log_time() is 'The set clock, else the server''s clock at this very moment.';

alter table learning.learning_log
    add column clock_at timestamptz,
    add column transaction_id xid8 not null default pg_current_xact_id();
update learning.learning_log as l
set clock_at = coalesce(
    (select r.as_of from learning.learning_runs as r where r.id = l.run_id), l.logged_at
);
alter table learning.learning_log
    alter column clock_at set default learning.log_time(),
    alter column clock_at set not null;
create index learning_log_by_transaction on learning.learning_log (transaction_id);
comment on column learning.learning_log.clock_at is 'What the line is of, by the learning clock (UTC): simulated time in a replay.';
comment on column learning.learning_log.transaction_id is 'What is older than every open transaction is complete: who follows the log reads up to there.';

-- The lines of windows whose decision (EPISODE EVENT) or outcome (EPISODE OUTCOME) is new: one each,
-- or one per pattern and kind where they are more than 200 (an import). A ticked window's line is of
-- its own moment. One warning per pattern and set of values or thresholds a decision lacks.
create function learning.log_episodes(p_decided bigint[], p_judged bigint[]) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(cardinality(p_decided), 0) + coalesce(cardinality(p_judged), 0) = 0 or not learning.setting(null, 'log_episodes')::boolean then
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
comment on function learning.log_episodes(bigint[], bigint[]) is 'Logs the decisions and outcomes of windows that are new, and what the decisions lack; setting log_episodes.';

create function learning.log_inserted_episodes() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform learning.log_episodes(
        array(select n.id from new_rows as n where n.decision is not null),
        array(select n.id from new_rows as n where n.outcome is not null)
    );
    return null;
end
$$;
comment on function learning.log_inserted_episodes() is 'Trigger: logs the decisions and outcomes of new windows.';
create function learning.log_updated_episodes() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_decided bigint[];
    v_judged bigint[];
begin
    select array_agg(n.id) filter (where n.decision is distinct from o.decision),
        array_agg(n.id) filter (where n.outcome is distinct from o.outcome)
    into v_decided, v_judged
    from new_rows as n
    join old_rows as o on o.id = n.id
    where n.decision is not null and n.decision is distinct from o.decision
        or n.outcome is not null and n.outcome is distinct from o.outcome;
    perform learning.log_episodes(coalesce(v_decided, '{}'), coalesce(v_judged, '{}'));
    return null;
end
$$;
comment on function learning.log_updated_episodes() is 'Trigger: logs the decisions and outcomes that windows got.';
create trigger log_inserted_episodes
    after insert on learning.pattern_episode_events
    referencing new table as new_rows
    for each statement execute function learning.log_inserted_episodes();
create trigger log_updated_episodes
    after update on learning.pattern_episode_events
    referencing old table as old_rows new table as new_rows
    for each statement execute function learning.log_updated_episodes();
reset role;

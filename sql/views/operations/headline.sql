-- What the newest state of things comes to, in sentences: the one place where they are worded.
create or replace view analyst.headline as
with recorded as (
    select s.windows, s.finished, s.pending, s.shadow, s.since, s.clock
    from analyst.summary as s
),
decided as (
    select d.id, d.status, d.pinned, d.pattern_key, d.evidence, d.scope_subset, d.gates,
        learning.overrides_apply(c.config_data -> 'feature_flags', d.pattern_key, null) as applies
    from analyst.decisions as d
    left join learning.learning_configs as c on c.module_id = 'pm'
    where d.method in ('simulation', 'manual', 'drift', 'ladder')
),
counts as (
    select count(*) filter (where d.status = 'active') as active,
        count(*) filter (where d.status = 'proposed') as proposed,
        count(*) filter (where d.status = 'suspended') as suspended,
        coalesce(bool_or(d.applies) filter (where d.status = 'active'), false) as apply
    from decided as d
),
surest as (
    select d.id, format(
            '%s, %s, %s', analyst.setup_in_words(d.pattern_key),
            analyst.gates_in_words(d.gates), analyst.scope_in_words(d.scope_subset)
        ) as words
    from decided as d
    where d.status = 'active'
    order by d.evidence desc nulls last, d.pinned desc, d.id
    limit 1
),
looked as (
    select count(*) as patterns, coalesce(sum(k.slices), 0) as slices,
        coalesce(sum(k.candidates), 0) as candidates, coalesce(sum(k.qualified), 0) as qualified
    from (
        select distinct on (n.pattern_key) n.*
        from learning.looks as n
        where n.status = 'decided'
        order by n.pattern_key, n.id desc
    ) as k
),
changed as (
    select min(e.decided_at) as since,
        count(*) filter (where e.changed = 'let_in') as let_in,
        count(distinct (e.decided_at at time zone 'utc')::date)
            filter (where e.changed = 'let_in') as let_in_days,
        count(*) filter (where e.changed = 'let_in' and e.outcome in ('success', 'failure'))
            as let_in_finished,
        count(*) filter (where e.changed = 'let_in' and e.outcome = 'success')
            as let_in_succeeded,
        avg(e.roi) filter (where e.changed = 'let_in') as let_in_roi,
        count(*) filter (where e.changed = 'kept_out') as kept_out,
        count(*) filter (where e.changed = 'kept_out' and e.outcome in ('success', 'failure'))
            as kept_out_finished,
        count(*) filter (where e.changed = 'kept_out' and e.outcome = 'success')
            as kept_out_succeeded,
        avg(e.roi) filter (where e.changed = 'kept_out') as kept_out_roi
    from learning.pattern_episode_events as e
    where e.changed is not null
),
named as (
    select case
            when n.active > 0 and r.shadow then 'shadow'
            when n.active > 0 and not n.apply then 'switched_off'
            when n.active > 0 then 'in_force'
            when r.windows = 0 then 'empty'
            when r.finished = 0 then 'pending'
            when n.suspended > 0 then 'suspended'
            when n.proposed > 0 then 'proposed'
            when l.patterns > 0 then 'nothing'
            else 'unjudged'
        end as state
    from recorded as r
    cross join counts as n
    cross join looked as l
)
select a.state,
    case a.state
        when 'empty' then 'Nothing is recorded yet: no setup has come in.'
        when 'pending' then format(
            'Too early to tell: %s recorded so far, and none has finished.',
            analyst.counted(r.windows, 'setup', 'setups')
        )
        when 'unjudged' then format(
            'Too early to tell: %s finished, and no look was taken at the gates yet.',
            analyst.counted(r.finished, 'setup has', 'setups have')
        )
        when 'shadow' then format(
            'Shadow: the bot runs on its base gates; %s would be in force, the surest: %s.',
            analyst.counted(n.active, 'change', 'changes'), s.words
        )
        when 'switched_off' then format(
            'Overrides are switched off: the bot runs on its base gates; %s would be in force, '
            'the surest: %s.', analyst.counted(n.active, 'change', 'changes'), s.words
        )
        when 'in_force' then format(
            '%s in force; the surest: %s.',
            analyst.counted(n.active, 'change of gates is', 'changes of gates are'), s.words
        )
        when 'suspended' then format(
            'The bot is back on its base gates: %s suspended, for what followed spoke against %s.',
            analyst.counted(n.suspended, 'change was', 'changes were'),
            case n.suspended when 1 then 'it' else 'them' end
        )
        when 'proposed' then format(
            'Leave the gates alone: nothing here passed the tests; %s proposed and watched.',
            analyst.counted(n.proposed, 'change is', 'changes are')
        )
        else 'Leave the gates alone: nothing here passed the tests.'
    end as sentence,
    case
        when c.let_in + c.kept_out > 0 then concat_ws(' ',
            format('Since %s', to_char(c.since at time zone 'utc', 'YYYY-MM-DD')),
            case when c.let_in > 0 then format(
                'the changes let in %s on %s that base gates would have passed by: %s of %s '
                'finished succeeded%s.', analyst.counted(c.let_in, 'setup', 'setups'),
                analyst.counted(c.let_in_days, 'day', 'days'),
                to_char(c.let_in_succeeded, 'FM999,999,999'),
                to_char(c.let_in_finished, 'FM999,999,999'),
                ', ' || analyst.signed_percent(c.let_in_roi) || ' each on average'
            ) end,
            case when c.kept_out > 0 then format(
                '%s kept out %s that base gates would have bought: %s of %s finished '
                'succeeded%s.', case when c.let_in > 0 then 'They' else 'the changes' end,
                analyst.counted(c.kept_out, 'setup', 'setups'),
                to_char(c.kept_out_succeeded, 'FM999,999,999'),
                to_char(c.kept_out_finished, 'FM999,999,999'),
                ', ' || analyst.signed_percent(c.kept_out_roi) || ' each on average'
            ) end
        )
        when a.state = 'empty' then
            'Connect a bot (quadrant tick), import what you have (quadrant import), or replay bars '
            '(quadrant replay FOLDER).'
        when n.active > 0 then 'No decision has differed from what base gates do so far.'
        else 'Every decision so far was that of the base gates.'
    end as changes_in_words,
    case when l.patterns > 0 then format(
            'The newest looks compared %s with %s of gates; %s. Where there is nothing to learn, a '
            'change is promised to be in force at most 1.5 %% of the time.',
            analyst.counted(l.slices::bigint, 'slice', 'slices'),
            analyst.counted(l.candidates::bigint, 'change', 'changes'),
            case l.qualified when 0 then 'none passed' else l.qualified || ' passed' end
        )
        else 'Nothing was compared yet: a look needs setups that have finished.'
    end as tried_in_words,
    n.active, n.proposed, n.suspended, s.id as surest_id, c.since as changed_since, c.let_in,
    c.let_in_days, c.let_in_finished, c.let_in_succeeded, c.let_in_roi, c.kept_out,
    c.kept_out_finished, c.kept_out_succeeded, c.kept_out_roi,
    l.slices::bigint as slices, l.candidates::bigint as candidates, l.qualified::bigint as qualified
from named as a
cross join recorded as r
cross join counts as n
cross join looked as l
cross join changed as c
left join surest as s on true;
comment on view analyst.headline is
    'One row: how things stand (in_force, shadow, switched_off, suspended, proposed, nothing, unjudged, pending, empty), in sentences and with the figures behind them.';
comment on column analyst.headline.sentence is 'The first sentence of the page.';
comment on column analyst.headline.changes_in_words is 'What the gates in force let in and kept out, against base gates, since changed_since.';
comment on column analyst.headline.tried_in_words is 'What the newest looks tried, and how much of what is in force may be noise.';
comment on column analyst.headline.changed_since is 'When the first decision differed from what base gates do (UTC).';
comment on column analyst.headline.let_in_roi is 'Mean virtual result, a fraction (0.05 = 5 %).';
comment on column analyst.headline.kept_out_roi is 'Mean virtual result, a fraction (0.05 = 5 %).';

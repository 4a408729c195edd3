-- Health of what is stored: old pendings, rejects, overrides without a lesson, unknown scope keys,
-- a clock that stands still, a right that should not be, what retention left.
create or replace view learning.data_checks as
select 40 as place, 'pendings too old' as check_name,
    case when count(e.id) > 0 then 'warn' else 'ok' end as status,
    count(e.id) || ' windows are pending longer than pending_max_days' as detail,
    'call learning.run_aggregator(true) closes them as neutral.' as what_to_do
from (
    select learning.clock() - make_interval(
            days => learning.setting_in(c.config_data, null, 'pending_max_days')::integer
        ) as opened_before
    from (select) as always
    left join learning.learning_configs as c on c.module_id = 'pm'
) as s
left join learning.pattern_episode_events as e
    on e.outcome is null and e.opened_at < s.opened_before
union all
select 41, 'rejects in the last day',
    case when count(j.id) > 0 then 'warn' else 'ok' end,
    count(j.id) || ' inputs were rejected'
        || coalesce(', most of them: ' || mode() within group (order by j.reason), ''),
    'Read them: quadrant rejects list.'
from learning.episode_rejects as j
where j.rejected_at > (select learning.clock()) - interval '1 day'
union all
select 42, 'overrides stale',
    case when count(*) > 0 then 'warn' else 'ok' end,
    count(*) || ' learned overrides in force have no lesson behind them any more',
    'The next judging removes them; if it does not, read quadrant log.'
from learning.pm_overrides as o
left join learning.lessons as l on l.id = o.lesson_id and l.status = 'active'
where o.status = 'active' and not o.is_manual and l.id is null
    and not learning.gets_overrides()
    and o.action_category <> 'dm_alloc'  -- goes back to 1 step by step, and then ends
union all
select 43, 'scope keys unmined',
    case when count(*) > 0 then 'warn' else 'ok' end,
    coalesce(
        string_agg(k.scope_key, ', ' order by k.scope_key), 'every scope key is registered'
    ),
    'Register them in learning.scope_dimensions, or leave them out of scopes.'
from analyst.unmined_scope_keys as k
where not k.is_registered
union all
select 44, 'clock',
    case when c.set_to is not null then 'warn' else 'ok' end,
    coalesce('set to ' || c.set_to || ': scheduled runs are skipped', 'the server''s'),
    'quadrant clock reset gives it back to the server.'
from learning.clock_setting as c
union all
select 45, 'temporary tables',
    case when p.open then 'warn' else 'ok' end,
    case when p.open then 'every login may make some' else 'for those who need them' end,
    'Run quadrant migrate as the owner of the database.'
from (
    select has_database_privilege('public', current_database(), 'temporary') as open
) as p
union all
select 46, 'settings',
    case when count(*) > 0 then 'warn' else 'ok' end,
    coalesce(string_agg(p.code || ' ' || p.problem, '; ' order by p.path), 'all are valid'),
    'They are passed over. Set them again, or: quadrant config unset NAME.'
from learning.settings_problems as p
union all
select 47, 'retention',
    case when learning.events_overdue() then 'warn' else 'ok' end,
    case when d.days is null then 'windows, trades and messages are kept for ever'
        else format('windows, trades and messages are kept for %s days', d.days) end,
    'Older ones are there: is quadrant.maintain late? Else it needs some nights more.'
from (
    select nullif(learning.setting_in(c.config_data, null, 'retention_days.events'), 'null') as days
    from (select) as always
    left join learning.learning_configs as c on c.module_id = 'operations'
) as d;
comment on view learning.data_checks is
    'Rows of analyst.health: what is stored and needs somebody, the clock, rights.';

-- What came of the windows and trades decided under an override, against those of its pattern and
-- slice decided without it: before it, after it, or under another. A window is worth its virtual
-- ROI where it was acted on, 0 where it was skipped; a trade its ROI, whatever its size. Days are
-- compared, for what happens on one day is one thing: the interval is 90 %, from the spread of
-- days. Fewer than 30 or fewer than 10 days on a side: too early, and no difference is told.
-- Other times are other markets: this is what happened, not what the override did.
create or replace view analyst.override_effect as
select c.override_id, c.status, c.pattern_key, c.action_category, c.scope_subset, c.measure,
    c.n_with, c.n_without, c.days_with, c.days_without, c.mean_with, c.mean_without,
    case when v.is_enough then c.difference end as difference,
    case when v.is_enough then c.difference - 1.645 * c.spread end as lowest,
    case when v.is_enough then c.difference + 1.645 * c.spread end as highest,
    case
        when not v.is_enough then 'too early'
        when c.difference - 1.645 * c.spread > 0 then 'better with it'
        when c.difference + 1.645 * c.spread < 0 then 'worse with it'
        else 'not told from noise'
    end as verdict
from (
    select s.override_id, s.status, s.pattern_key, s.action_category, s.scope_subset, s.measure,
        coalesce(sum(s.n) filter (where s.is_with), 0)::bigint as n_with,
        coalesce(sum(s.n) filter (where not s.is_with), 0)::bigint as n_without,
        coalesce(sum(s.days) filter (where s.is_with), 0)::bigint as days_with,
        coalesce(sum(s.days) filter (where not s.is_with), 0)::bigint as days_without,
        sum(s.mean) filter (where s.is_with) as mean_with,
        sum(s.mean) filter (where not s.is_with) as mean_without,
        sum(case when s.is_with then s.mean else -s.mean end) as difference,
        sqrt(sum(
            greatest(0, s.values2 - 2 * s.mean * s.cross + s.mean * s.mean * s.n2)
            / s.n / s.n * s.days / nullif(s.days - 1, 0)
        )) as spread
    from (
        select d.override_id, d.status, d.pattern_key, d.action_category, d.scope_subset,
            d.measure, d.is_with, sum(d.n)::double precision as n, count(*) as days,
            sum(d.value) / sum(d.n)::double precision as mean,
            sum(d.value * d.value) as values2, sum(d.value * d.n) as cross,
            sum(d.n * d.n)::double precision as n2
        from (
            select o.override_id, o.status, o.pattern_key, o.action_category, o.scope_subset,
                t.measure, t.is_with, t.day, count(*) as n, sum(t.value) as value
            from (
                select h.override_id, h.scope_subset, h.pattern_key, h.action_category,
                    case when h.is_gone then 'gone' else h.status end as status
                from (
                    select distinct on (a.override_id) a.override_id, a.new_row is null as is_gone,
                        r.scope_subset, r.pattern_key, r.action_category, r.status
                    from learning.pm_overrides_history as a
                    cross join lateral jsonb_to_record(coalesce(a.new_row, a.old_row)) as r (
                        scope_subset jsonb, pattern_key text, action_category text, status text
                    )
                    order by a.override_id, a.id desc
                ) as h
            ) as o
            cross join lateral (
                select 'windows' as measure, (e.decided_at at time zone 'utc')::date as day,
                    case when e.decision = 'acted' then e.roi else 0 end as value,
                    coalesce(e.overrides @> to_jsonb(o.override_id), false) as is_with
                from learning.pattern_episode_events as e
                where e.pattern_key = o.pattern_key
                    and e.decision is not null
                    and e.roi is not null
                    and o.action_category not in ('pm_strength', 'dm_alloc')
                    and learning.scope_items(e.scope) @> learning.scope_items(o.scope_subset)
                union all
                select 'trades' as measure, (s.happened_at at time zone 'utc')::date as day,
                    (s.content ->> 'roi')::double precision as value, exists (
                        select from learning.trade_overrides(s.content) as u
                        where u.override_id = o.override_id
                    ) as is_with
                from learning.ad_strands as s
                where s.kind = 'position_closed'
                    and s.content ->> 'pattern_key' = o.pattern_key
                    and jsonb_typeof(s.content -> 'roi') = 'number'
                    and o.action_category <> 'dm_alloc'
                    and learning.scope_items(s.content -> 'scope')
                        @> learning.scope_items(o.scope_subset)
            ) as t
            group by o.override_id, o.status, o.pattern_key, o.action_category, o.scope_subset,
                t.measure, t.is_with, t.day
        ) as d
        group by d.override_id, d.status, d.pattern_key, d.action_category, d.scope_subset,
            d.measure, d.is_with
    ) as s
    group by s.override_id, s.status, s.pattern_key, s.action_category, s.scope_subset, s.measure
) as c
cross join lateral (
    select least(c.n_with, c.n_without) >= 30 and least(c.days_with, c.days_without) >= 10
        as is_enough
) as v;
comment on view analyst.override_effect is
    'Per override, windows and trades decided with it and, in its slice, without it: mean ROI (fractions), their difference with a 90 % interval by days, n, and a verdict; too early under 30 or 10 days on a side.';
comment on column analyst.override_effect.measure is 'windows (virtual ROI where acted, 0 where skipped) or trades (ROI, whatever the size).';
comment on column analyst.override_effect.status is 'active, proposed, or gone.';

-- What came of the windows and trades decided under an override, against those of its pattern and
-- slice decided without it: before it, after it, or under another. A window is worth its virtual
-- ROI where it was acted on, 0 where it was skipped; a trade its ROI, whatever its size. Days are
-- compared, for what happens on one day is one thing: the interval is 90 %, from the spread of
-- days. Fewer than 30 or fewer than 10 days on a side: too early, and no difference is told. What
-- retention removed is in override_past.
create or replace function learning.override_effects()
returns table (
    override_id bigint, status text, pattern_key text, action_category text, scope_subset jsonb,
    measure text, n_with bigint, n_without bigint, days_with bigint, days_without bigint,
    mean_with double precision, mean_without double precision, difference double precision,
    lowest double precision, highest double precision, verdict text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with sides as (
        select a.override_id, a.measure, a.is_with, sum(a.n) as n, sum(a.days)::bigint as days,
            sum(a.value) / sum(a.n) as mean, sum(a.values2) as values2,
            sum(a.cross_sum) as cross_sum, sum(a.n2) as n2
        from (
            select s.* from learning.override_sides(null, null) as s
            union all
            select p.* from learning.override_past as p
        ) as a
        group by a.override_id, a.measure, a.is_with
    ),
    compared as (
        select s.override_id, s.measure,
            coalesce(sum(s.n) filter (where s.is_with), 0)::bigint as n_with,
            coalesce(sum(s.n) filter (where not s.is_with), 0)::bigint as n_without,
            coalesce(sum(s.days) filter (where s.is_with), 0)::bigint as days_with,
            coalesce(sum(s.days) filter (where not s.is_with), 0)::bigint as days_without,
            sum(s.mean) filter (where s.is_with) as mean_with,
            sum(s.mean) filter (where not s.is_with) as mean_without,
            sum(case when s.is_with then s.mean else -s.mean end) as difference,
            sqrt(sum(
                greatest(0, s.values2 - 2 * s.mean * s.cross_sum + s.mean * s.mean * s.n2)
                / s.n / s.n * s.days / nullif(s.days - 1, 0)
            )) as spread
        from sides as s
        group by s.override_id, s.measure
    )
    select k.override_id, k.status, k.pattern_key, k.action_category, k.scope_subset, c.measure,
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
    from compared as c
    join learning.known_overrides as k on k.override_id = c.override_id
    cross join lateral (
        select least(c.n_with, c.n_without) >= 30 and least(c.days_with, c.days_without) >= 10
            as is_enough
    ) as v
$$;
comment on function learning.override_effects() is
    'What analyst.override_effect shows: windows and trades decided with and without each override.';

-- Would another n_min serve a pattern better? Looks back from past moments, 30 days apart, at what
-- was known then, and at the 30 days that followed. Per n_min: moments, lessons per moment (slices
-- with n >= n_min that are no copies), how many more than at 33, mean width of the 95 % interval of
-- their success rate (of attempts), and how often the sign of the rate's difference from the
-- parent's held up in those 30 days (comparisons without a difference are left out); marginal: the
-- same for the lessons that the next larger n_min would lose.
-- Long, for it is one query, a CTE per step.
create or replace function learning.n_min_study(p_pattern_key text)
returns table (
    n_min integer, moments bigint, lessons double precision, gained double precision,
    width double precision, compared bigint, held_up double precision,
    marginal_lessons double precision, marginal_width double precision,
    marginal_compared bigint, marginal_held_up double precision
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_nestloop = off
as $$
declare
    v_lookback interval := make_interval(
        days => learning.setting(p_pattern_key, 'lookback_days')::integer
    );
    v_max_dims integer := learning.max_dims(p_pattern_key);
begin
    return query
    with attempts as (
        select e.attempt_id, 1.0::double precision / count(*) as weight
        from learning.pattern_episode_events as e
        where e.pattern_key = p_pattern_key and e.decision is not null
        group by e.attempt_id
    ),
    experiments as materialized (
        select learning.mined_scope(e.scope) as scope, e.decided_at, e.outcome_at, a.weight,
            case when e.outcome = 'success' then a.weight else 0 end as success_weight
        from learning.pattern_episode_events as e
        join attempts as a on a.attempt_id = e.attempt_id
        where e.pattern_key = p_pattern_key
            and e.outcome in ('success', 'failure')
            and learning.quadrant(e.decision, e.outcome, e.blocked_by) <> 'policy'
    ),
    studied as (
        select t.as_of
        from (select min(x.decided_at) as oldest, max(x.decided_at) as newest from experiments as x)
            as r
        cross join lateral generate_series(
            r.newest - interval '30 days', r.oldest, interval '-30 days'
        ) as t (as_of)
    ),
    cells as (
        select t.as_of, x.scope,
            count(*) filter (where k.is_known) as n,
            sum(x.weight) filter (where k.is_known) as weight,
            sum(x.success_weight) filter (where k.is_known) as success_weight,
            sum(x.weight) filter (where x.decided_at > t.as_of) as next_weight,
            sum(x.success_weight) filter (where x.decided_at > t.as_of) as next_success_weight
        from studied as t
        join experiments as x
            on x.decided_at > t.as_of - v_lookback
            and x.decided_at <= t.as_of + interval '30 days'
        cross join lateral (
            select x.decided_at <= t.as_of and x.outcome_at <= t.as_of as is_known
        ) as k
        group by t.as_of, x.scope
    ),
    slices as materialized (
        select c.as_of, s.scope_subset, sum(c.n)::bigint as n, sum(c.weight) as weight,
            sum(c.success_weight) / sum(c.weight) as rate,
            sum(c.next_success_weight) / sum(c.next_weight) as next_rate
        from cells as c
        cross join lateral learning.scope_subsets(c.scope, v_max_dims) as s
        group by c.as_of, s.scope_subset
        having sum(c.n) >= 12
    ),
    -- The parent has one condition less and the most experiments; a slice as large as any such
    -- broader one holds the same experiments: a copy.
    family as materialized (
        select distinct on (c.as_of, c.scope_subset) c.as_of, c.scope_subset, p.rate as parent_rate,
            p.next_rate as parent_next_rate,
            min(p.n) over (partition by c.as_of, c.scope_subset) as least_parent_n
        from (
            select s.as_of, s.scope_subset,
                s.scope_subset - jsonb_object_keys(s.scope_subset) as above
            from slices as s
        ) as c
        join slices as p on p.as_of = c.as_of and p.scope_subset = c.above
        order by c.as_of, c.scope_subset, p.n desc, p.scope_subset::text collate "C"
    ),
    lessons as materialized (
        select s.n, i.high - i.low as width,
            case when d.side <> 0 and d.next_side <> 0 then (d.side = d.next_side)::integer end
                as held_up
        from slices as s
        left join family as f on f.as_of = s.as_of and f.scope_subset = s.scope_subset
        cross join lateral learning.wilson_interval(s.rate * s.weight, s.weight) as i
        cross join lateral (
            select sign(round((s.rate - f.parent_rate)::numeric, 9)) as side,
                sign(round((s.next_rate - f.parent_next_rate)::numeric, 9)) as next_side
        ) as d
        where f.least_parent_n is distinct from s.n
    ),
    tried as (
        select c.n_min, lead(c.n_min) over (order by c.n_min) as n_next
        from unnest(array[12, 20, 25, 33, 50]) as c (n_min)
    ),
    found as (
        select t.n_min, m.moments,
            count(*) / m.moments::double precision as lessons,
            avg(l.width) as width, count(l.held_up) as compared, avg(l.held_up) as held_up,
            count(*) filter (where g.is_marginal) / m.moments::double precision as marginal,
            avg(l.width) filter (where g.is_marginal) as marginal_width,
            count(l.held_up) filter (where g.is_marginal) as marginal_compared,
            avg(l.held_up) filter (where g.is_marginal) as marginal_held_up
        from tried as t
        cross join (select count(*) as moments from studied) as m
        join lessons as l on l.n >= t.n_min
        cross join lateral (select coalesce(l.n < t.n_next, false) as is_marginal) as g
        group by t.n_min, m.moments
    )
    select f.n_min, f.moments, f.lessons,
        f.lessons - coalesce(max(f.lessons) filter (where f.n_min = 33) over (), 0),
        f.width, f.compared, f.held_up::double precision, f.marginal, f.marginal_width,
        f.marginal_compared, f.marginal_held_up::double precision
    from found as f
    order by f.n_min;
end
$$;
comment on function learning.n_min_study(text) is
    'Per n_min 12 to 50: lessons, interval width, and how often a rate''s side of its parent''s held up in the following 30 days, over past moments of a pattern.';

-- The experiments that change sides under the solution a grid chose: admitted by it and not by
-- base, or the other way round. Worked out anew from the samples, over the lookback before the grid
-- was made; no rows where nothing was chosen.
create or replace function learning.changed_sides(p_simulation_id bigint)
returns table (
    event_id bigint, window_id text, decided_at timestamptz, outcome text,
    roi double precision, is_admitted boolean
)
language sql stable
as $$
    with asked as (
        select g.*, l.pattern_key, l.scope_subset, r.as_of
        from learning.gate_simulations as g
        join learning.lessons as l on l.id = g.lesson_id
        left join learning.learning_runs as r on r.id = g.run_id
        where g.id = p_simulation_id and g.steps is not null
    ),
    levers as (
        select t.gate, t.value_key, t.direction,
            least(t.max_value, greatest(t.min_value, round(t.base::numeric, 12)::double precision))
                as base,
            least(t.max_value, greatest(t.min_value, round(
                (t.base + (a.steps ->> t.gate)::double precision)::numeric, 12
            )::double precision)) as threshold
        from asked as a
        join learning.gates as t on t.pattern_key = a.pattern_key and cardinality(t.steps) > 1
    ),
    sampled as (
        select e.id, s.place,
            coalesce(bool_and(
                case l.direction when 'at_most' then v.value <= l.base else v.value >= l.base end
            ), false) as by_base,
            coalesce(bool_and(
                case l.direction
                    when 'at_most' then v.value <= l.threshold
                    else v.value >= l.threshold
                end
            ), false) as by_solution
        from asked as a
        join learning.pattern_episode_events as e
            on e.pattern_key = a.pattern_key
            and learning.scope_items(e.scope) @> learning.scope_items(a.scope_subset)
            and e.outcome in ('success', 'failure')
            and e.decided_at <= coalesce(a.as_of, a.simulated_at)
            and e.decided_at > coalesce(a.as_of, a.simulated_at) - make_interval(
                days => learning.setting(a.pattern_key, 'lookback_days')::integer
            )
            and (a.value_mode = 'count' or e.roi is not null)
            and not exists (
                select from jsonb_array_elements(a.exclusions) as x (scope)
                where learning.scope_items(e.scope) @> learning.scope_items(x.scope)
            )
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(e.factors -> 'samples') = 'array' then e.factors -> 'samples'
                else '[]' end
        ) with ordinality as s (sample, place)
        cross join levers as l
        cross join lateral (
            select coalesce(
                case when jsonb_typeof(s.sample -> l.value_key) = 'number'
                    then (s.sample ->> l.value_key)::double precision end
                - coalesce((s.sample ->> (l.gate || '_adjustment'))::double precision, 0),
                case l.direction when 'at_most' then 'infinity' else '-infinity' end
                    ::double precision
            ) as value
        ) as v
        group by e.id, s.place
    ),
    admitted as (
        select s.id, bool_or(s.by_base) as by_base, bool_or(s.by_solution) as by_solution
        from sampled as s
        group by s.id
    )
    select e.id, e.window_id, e.decided_at, e.outcome, e.roi, m.by_solution
    from admitted as m
    join learning.pattern_episode_events as e on e.id = m.id
    where m.by_base <> m.by_solution
    order by e.decided_at desc, e.id desc
$$;
comment on function learning.changed_sides(bigint) is
    'Experiments a grid''s chosen solution admits and base does not (is_admitted), or the other'
    ' way round; newest first.';

-- The experiments of a pattern decided in (p_from, p_until], collapsed to cells: one row of counts
-- per combination of values of the enabled dimensions p_dims, as slice_rates rows whose
-- scope_subset fixes every dimension the events had. See slice_rates for the counts.
create or replace function learning.mining_cells(
    p_pattern_key text, p_dims text[], p_from timestamptz, p_until timestamptz
)
returns learning.slice_rates[]
language plpgsql stable
set search_path = '' set enable_nestloop = off set jit = off
as $$
declare
    v_dims text;
    v_cells learning.slice_rates[];
begin
    select string_agg(format('%L, e.scope -> %L', d, d), ', ' order by o)
    into v_dims
    from unnest(p_dims) with ordinality as dims (d, o);
    execute format($sql$
        with attempts as (
            select e.attempt_id, round(4294967296.0 / count(*))::bigint as weight
            from learning.pattern_episode_events as e
            where e.pattern_key = $1 and e.decision is not null
            group by e.attempt_id
        ),
        experiments as (
            select jsonb_strip_nulls(jsonb_build_object(%s)) as scope, e.decision, e.outcome,
                e.decision = 'skipped' and e.blocked_by = '{policy}' as is_policy,
                a.weight, e.has_samples, e.roi
            from learning.pattern_episode_events as e
            join attempts as a on a.attempt_id = e.attempt_id
            where e.pattern_key = $1
                and e.outcome in ('success', 'failure')
                and e.decided_at > $2
                and e.decided_at <= $3
        ),
        cells as (
            select x.scope,
                count(*) filter (where x.decision = 'acted' and x.outcome = 'success') as a_s,
                count(*) filter (where x.decision = 'acted' and x.outcome = 'failure') as a_f,
                count(*) filter (
                    where x.decision = 'skipped' and x.outcome = 'success' and not x.is_policy
                ) as s_s,
                count(*) filter (
                    where x.decision = 'skipped' and x.outcome = 'failure' and not x.is_policy
                ) as s_f,
                count(*) filter (where x.is_policy) as n_policy,
                coalesce(sum(x.weight) filter (where not x.is_policy), 0)::bigint as weight,
                coalesce(
                    sum(x.weight) filter (where x.outcome = 'success' and not x.is_policy), 0
                )::bigint as success_weight,
                count(*) filter (where x.has_samples) as n_sampled,
                count(x.roi) as n_valued,
                coalesce(sum(round(x.roi * 1e9)::bigint), 0)::bigint as roi_nanos
            from experiments as x
            group by x.scope
        )
        select array_agg(row(
            $1, c.scope, 0, c.a_s, c.a_f, c.s_s, c.s_f, c.n_policy, c.weight, c.n_sampled,
            c.n_valued, c.roi_nanos, c.a_s + c.a_f + c.s_s + c.s_f, c.success_weight
        )::learning.slice_rates)
        from cells as c
    $sql$, v_dims)
    into v_cells
    using p_pattern_key, p_from, p_until;
    return coalesce(v_cells, '{}');
end
$$;
comment on function learning.mining_cells(text, text[], timestamptz, timestamptz) is
    'Counts per distinct combination of enabled dimension values: the input of the roll-up.';

-- The experiments of a pattern decided in (p_from, p_until], as contributions of p_mining: all of
-- them, or those of some attempts (p_attempts null: all), with their scopes in canonical form. An
-- experiment weighs 1 / decided windows of its attempt, pending ones and those outside the time
-- too.
create or replace function learning.counted_experiments(
    p_pattern_key text, p_from timestamptz, p_until timestamptz, p_attempts text[], p_mining bigint
)
returns setof learning.mining_contributions
language sql stable
as $$
    select e.pattern_key, e.attempt_id, e.id, e.decided_at,
        learning.canonical_scope(e.scope),
        learning.quadrant(e.decision, e.outcome, e.blocked_by),
        a.weight, e.has_samples, e.roi, p_mining, e.samples_digest
    from learning.windows_of_attempts(p_pattern_key, p_attempts) as e
    join (
        select w.attempt_id, learning.experiment_weight(count(*)) as weight
        from learning.windows_of_attempts(p_pattern_key, p_attempts) as w
        where w.decision is not null
        group by w.attempt_id
    ) as a on a.attempt_id = e.attempt_id
    where e.outcome in ('success', 'failure')
        and e.decided_at > p_from
        and e.decided_at <= p_until
$$;
comment on function
    learning.counted_experiments(text, timestamptz, timestamptz, text[], bigint) is
    'What the experiments of a pattern, or of some of its attempts, contribute to the counts.';

-- Brings mining_contributions of a pattern from its last mining (p_since) to the window (p_from,
-- p_until], looking only at attempts of the outbox mining_dirty, which it empties, and at what time
-- brought in or took out. Returns the contributions that no longer count and those that now do; one
-- that changed is in both. One plan for few and many attempts, by their index and by hash: to plan
-- takes longer than the few of an hour.
create or replace function learning.take_up_changes(
    p_pattern_key text, p_from timestamptz, p_until timestamptz, p_since timestamptz,
    p_mining bigint
)
returns table (gone learning.mining_contributions[], came learning.mining_contributions[])
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_nestloop = off
as $$
declare
    v_attempts text[];
begin
    with dirty as (
        delete from learning.mining_dirty as d
        where d.pattern_key = p_pattern_key
        returning d.attempt_id
    ),
    touched as (
        select d.attempt_id from dirty as d
        union
        select e.attempt_id
        from learning.pattern_episode_events as e
        where e.pattern_key = p_pattern_key
            and e.outcome in ('success', 'failure')
            and e.decided_at > p_since
            and e.decided_at <= p_until
        union
        select c.attempt_id
        from learning.mining_contributions as c
        where c.pattern_key = p_pattern_key and c.decided_at <= p_from
    )
    select array_agg(t.attempt_id) into v_attempts from touched as t;

    return query
    with differences as materialized (
        select row(c.*)::learning.mining_contributions as before,
            row(w.*)::learning.mining_contributions as after
        from (
            select c.*
            from learning.mining_contributions as c
            where c.pattern_key = p_pattern_key and c.attempt_id = any (v_attempts)
        ) as c
        full join learning.counted_experiments(
            p_pattern_key, p_from, p_until, coalesce(v_attempts, '{}'), p_mining
        ) as w on w.experiment_id = c.experiment_id and w.attempt_id = c.attempt_id
        where (c.decided_at, c.scope, c.quadrant, c.weight, c.has_samples, c.samples_digest, c.roi)
            is distinct from (
                w.decided_at, w.scope, w.quadrant, w.weight, w.has_samples, w.samples_digest, w.roi
            )
    ),
    removed as (
        delete from learning.mining_contributions as c
        using differences as d
        where (d.after).experiment_id is null
            and c.pattern_key = p_pattern_key
            and c.attempt_id = any (v_attempts)
            and c.attempt_id = (d.before).attempt_id
            and c.experiment_id = (d.before).experiment_id
    ),
    changed as (
        update learning.mining_contributions as c
        set decided_at = (d.after).decided_at,
            scope = (d.after).scope,
            quadrant = (d.after).quadrant,
            weight = (d.after).weight,
            has_samples = (d.after).has_samples,
            samples_digest = (d.after).samples_digest,
            roi = (d.after).roi,
            -- Of another weight it still counts where it did.
            mining = case when (c.scope, c.quadrant) = ((d.after).scope, (d.after).quadrant)
                then c.mining else p_mining end
        from differences as d
        where c.pattern_key = p_pattern_key
            and c.attempt_id = any (v_attempts)
            and c.attempt_id = (d.after).attempt_id
            and c.experiment_id = (d.after).experiment_id
    ),
    added as (
        insert into learning.mining_contributions
        select (d.after).*
        from differences as d
        where (d.before).experiment_id is null
    )
    select array_agg(d.before) filter (where (d.before).experiment_id is not null),
        array_agg(d.after) filter (where (d.after).experiment_id is not null)
    from differences as d;
end
$$;
comment on function
    learning.take_up_changes(text, timestamptz, timestamptz, timestamptz, bigint) is
    'Brings a pattern''s contributions up to date from the outbox; returns what left and what came.';

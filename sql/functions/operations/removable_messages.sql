-- Ids of at most p_limit messages of no trade that are older than p_before and whose episode has no
-- window any more. A position keeps its newest change of state before p_before, and those since the
-- one before its oldest order that is kept: whether an open trade reached S3 is read from them.
create or replace function learning.removable_messages(p_before timestamptz, p_limit integer)
returns setof bigint
language sql stable
as $$
    with orders as materialized (
        select s.position_id, min(s.happened_at) as since
        from learning.ad_strands as s
        where s.trade_id is not null and s.happened_at < p_before
        group by s.position_id
    )
    select s.id
    from learning.ad_strands as s
    left join orders as o on o.position_id = s.position_id
    where s.happened_at < p_before
        and s.trade_id is null
        and not exists (
            select from learning.pattern_episode_events as e where e.episode_id = s.episode_id
        )
        and (
            s.kind <> 'uptrend_stage_transition'
            or exists (
                select
                from learning.ad_strands as n
                where n.position_id = s.position_id
                    and n.kind = s.kind
                    and n.happened_at > s.happened_at
                    and n.happened_at <= coalesce(o.since, p_before)
            )
        )
    order by s.happened_at
    limit p_limit
$$;
comment on function learning.removable_messages(timestamptz, integer) is
    'Messages of no trade or window that are older than a moment.';

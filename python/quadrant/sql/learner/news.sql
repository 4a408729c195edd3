-- Has mining changed lessons that no judging has seen to its end? Also where a crash ended the run
-- that mined them, or the judging after it. And capital on its way to where its lesson wants it
-- goes a step with every judging.
select exists (
    select from learning.learning_runs as r
    where r.job = 'quadrant.mine'
        and r.id > coalesce((
            select j.id
            from learning.learning_runs as j
            where j.job = 'quadrant.judge' and j.status = 'done'
            order by j.id desc
            limit 1
        ), 0)
        and (
            r.detail @? '$.*.* ? (@.lessons_changed > 0 || @.retired > 0)'
            or (
                r.detail ? 'abandoned'
                and exists (select from learning.lessons as l where l.run_id = r.id)
            )
        )
)
or exists (
    select from learning.pm_overrides as o
    where o.action_category = 'dm_alloc'
        and o.method = 'strength'
        and o.multiplier <> (o.evidence ->> 'target')::double precision
)

-- Has mining changed lessons that no judging has seen to its end? Also where a crash ended the run
-- that mined them, or the judging after it.
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

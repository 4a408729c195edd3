-- Health of the simulation worker: requests that wait for one.
create or replace view learning.worker_checks as
with waiting as (
    select count(*) as requests, min(r.created_at) as since
    from learning.simulation_requests as r
    where r.status = 'waiting' or (r.status = 'leased' and r.leased_until < clock_timestamp())
)
select 20 as place, 'worker silent' as check_name,
    case
        when w.requests = 0 then 'ok'
        when clock_timestamp() - w.since > 4 * s.silence then 'fail'
        when clock_timestamp() - w.since > s.silence then 'warn'
        else 'ok'
    end as status,
    w.requests || ' simulation requests wait'
        || coalesce(' since ' || date_trunc('second', w.since), '') as detail,
    'Start it: quadrant worker. Until then the previous overrides stay in force.' as what_to_do
from waiting as w
cross join (
    select make_interval(mins => (c.config_data -> 'worker_silent_minutes')::integer) as silence
    from learning.learning_configs as c
    where c.module_id = 'operations'
) as s;
comment on view learning.worker_checks is
    'Rows of analyst.health: simulations nobody takes.';

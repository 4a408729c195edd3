-- Each family of checks is a view learning.<family>_checks (place, check_name, status, detail,
-- what_to_do); place orders them.
create or replace view analyst.health as
with checks as (
    select c.* from learning.job_checks as c
    union all
    select c.* from learning.worker_checks as c
    union all
    select c.* from learning.feed_checks as c
    union all
    select c.* from learning.data_checks as c
    union all
    select c.* from learning.replication_checks as c
)
select c.check_name, c.status, c.detail,
    case when c.status = 'ok' then '' else c.what_to_do end as what_to_do
from checks as c
order by c.place, c.check_name;
comment on view analyst.health is
    'Is it alive? One row per check: ok, warn or fail, what was seen, and what to do.';

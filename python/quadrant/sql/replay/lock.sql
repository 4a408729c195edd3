with patience as materialized (
    select set_config('lock_timeout', '30s', true)
)
select pg_advisory_lock(hashtext('quadrant'), hashtext('quadrant.replay'))
from patience

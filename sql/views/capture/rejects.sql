-- The bad inputs that were kept; `quadrant rejects retry` tries them again.
create or replace view analyst.rejects as
select j.id, j.kind, j.source, j.sqlstate as code, j.reason, j.payload, j.rejected_at
from learning.episode_rejects as j;
comment on view analyst.rejects is
    'One row per bad input: what it was to become, where it came from, why it was refused, and it.';

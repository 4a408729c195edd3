-- Every override there ever was, as its history knows it last.
create or replace view learning.known_overrides as
select distinct on (a.override_id) a.override_id,
    case when a.new_row is null then 'gone' else r.status end as status,
    r.pattern_key, r.action_category, r.scope_subset
from learning.pm_overrides_history as a
cross join lateral jsonb_to_record(coalesce(a.new_row, a.old_row)) as r (
    scope_subset jsonb, pattern_key text, action_category text, status text
)
order by a.override_id, a.id desc;
comment on view learning.known_overrides is
    'Every override there ever was, with its last status: active, proposed or gone.';

drop table learning.position_overrides;
drop index learning.pm_overrides_history_by_anchor;
create index pm_overrides_in_order_of_preference
    on learning.pm_overrides (pattern_key, action_category, preference desc)
    include (sig, items, id) where status = 'active';
alter table learning.pm_overrides drop column anchor;
drop function learning.scope_anchor(text[]);

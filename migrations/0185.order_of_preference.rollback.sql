set role quadrant_owner;
drop index learning.pm_overrides_in_order_of_preference;
alter table learning.pm_overrides drop column preference;
drop function learning.preference(
    boolean, integer, boolean, double precision, bigint, timestamptz, bigint
);
create index pm_overrides_in_order_of_preference
    on learning.pm_overrides (
        pattern_key, action_category, pinned desc, depth desc, is_manual desc,
        confidence_score desc, n desc, last_updated_at desc, id
    )
    include (sig, items) where status = 'active';
reset role;

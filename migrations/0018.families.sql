-- Whether any family has an allocation override in force is asked at every reading of controls.
set role quadrant_owner;
create index pm_overrides_of_families on learning.pm_overrides (pattern_key)
    where status = 'active' and action_category = 'dm_alloc';
reset role;

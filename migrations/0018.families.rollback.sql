set role quadrant_owner;
drop index learning.pm_overrides_of_families;
reset role;

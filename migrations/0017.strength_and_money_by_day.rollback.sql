drop table learning.allocation_shuffles;
drop table learning.allocation_days;
drop index learning.pm_overrides_of_strength;

drop index learning.pm_overrides_of_strength;

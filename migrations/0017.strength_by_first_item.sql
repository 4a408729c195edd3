-- Strength overrides are found by their first condition.
set role quadrant_owner;
create index pm_overrides_of_strength on learning.pm_overrides ((coalesce(items[1], '')))
    where status = 'active' and action_category = 'pm_strength';
reset role;

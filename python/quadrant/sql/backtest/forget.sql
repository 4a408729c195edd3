with overrides as (
    delete from learning.pm_overrides
)
delete from learning.solutions

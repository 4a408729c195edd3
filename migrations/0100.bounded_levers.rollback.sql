drop trigger check_override on learning.pm_overrides;
drop function learning.check_override();
alter table learning.pm_overrides
    drop constraint multiplier_is_between_a_hundredth_and_a_hundred,
    drop constraint delta_is_within_reach;
alter table learning.gates
    drop constraint gates_stay_within_reach,
    drop constraint multipliers_stay_within_reach;

drop table learning.window_marks;
alter table learning.gates drop constraint direction_is_known;
update learning.gates as g
set direction = 'at_least', steps = case when g.steps = '{-4,-3,0,3,6}' then '{0}' else g.steps end
where g.direction = 'arms';
alter table learning.gates
    add constraint direction_is_known check (direction in ('at_least', 'at_most'));
comment on column learning.gates.direction is
    'at_least: passes when value >= threshold; at_most: when value <= threshold.';

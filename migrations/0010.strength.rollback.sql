set role quadrant_owner;
delete from learning.pm_overrides
where action_category in ('pm_strength', 'dm_alloc') and not is_manual;
delete from learning.lessons where lesson_type in ('pm_strength', 'dm_alloc');
comment on column learning.lessons.n is 'Experiments behind it, policy skips left out.';
alter table learning.lessons drop constraint a_lesson_is_of_its_patterns_module;
alter table learning.scope_dimensions drop constraint module_is_known, drop column module;
drop index learning.pattern_trade_events_by_time;
drop table learning.mined_trades;
drop table learning.trades_dirty;
reset role;

alter table learning.learning_configs drop constraint timeframe_shares_sum_to_1;
drop function learning.shares_are_whole(jsonb);
alter table learning.allocation_history
    drop column timeframe,
    drop column roi,
    drop column closed_at;
comment on column learning.allocation_history.desired is null;
comment on column learning.allocation_history.change is null;
comment on column learning.allocation_history.after is null;
comment on column learning.allocation_history.reason is null;
drop table learning.roi_masses;

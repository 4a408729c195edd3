alter table learning.mined_patterns
    drop column mining,
    drop column base_mining,
    drop column base_floor,
    drop column lookback_days,
    drop column n_events,
    drop column n_new;
update learning.mined_patterns set configuration = '';
truncate learning.slice_rates;
alter table learning.slice_rates
    drop constraint one_row_per_slice,
    drop column slice_key,
    drop column evidence,
    add column roi_nanos bigint not null,
    add constraint one_row_per_slice primary key (pattern_key, scope_subset);
alter table learning.slice_rates reset (fillfactor);
comment on table learning.slice_rates is 'One row per mined scope slice of a pattern, with its counts.';
comment on column learning.slice_rates.roi_nanos is 'Sum of virtual ROIs in billionths: an exact stamp of the evidence''s value.';
drop table learning.mining_codes;
drop table learning.mining_contributions;

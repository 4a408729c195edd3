drop table learning.lessons;
drop type learning.slice_part;
drop type learning.slice_counts;
drop table learning.slice_rates;
drop table learning.mining_contributions;
drop table learning.mining_codes;
drop table learning.mined_patterns;
drop table learning.mining_dirty;

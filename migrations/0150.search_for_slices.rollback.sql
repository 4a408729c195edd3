set role quadrant_owner;
drop type if exists learning.slice_part;
drop type if exists learning.slice_counts;
reset role;

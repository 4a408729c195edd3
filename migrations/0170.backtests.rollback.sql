set role quadrant_owner;
drop table learning.backtests cascade;
reset role;

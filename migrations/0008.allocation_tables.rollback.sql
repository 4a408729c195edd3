drop table learning.allocation_history;

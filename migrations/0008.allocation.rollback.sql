drop table learning.roi_masses;
drop table learning.allocation_history;

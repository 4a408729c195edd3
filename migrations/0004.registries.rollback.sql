drop table learning.gates;
drop table learning.scope_dimensions;

drop table learning.world;

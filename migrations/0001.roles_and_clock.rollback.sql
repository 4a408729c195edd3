drop schema analyst cascade;
drop schema pm cascade;
drop schema learning cascade;

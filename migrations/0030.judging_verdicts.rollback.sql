alter table learning.gate_simulations drop column governed_by, drop column verdict;

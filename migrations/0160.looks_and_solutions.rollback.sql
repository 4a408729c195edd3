set role quadrant_owner;
drop table learning.evidence_path, learning.look_slices, learning.gate_simulations,
    learning.simulation_requests, learning.solutions, learning.looks cascade;
reset role;

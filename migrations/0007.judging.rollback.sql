drop table learning.backtests;
drop table learning.evidence_path;
drop table learning.look_slices;
drop table learning.gate_simulations;
drop table learning.simulation_requests;
drop table learning.solutions;
drop table learning.looks;
drop table learning.pm_overrides_history;
drop table learning.pm_overrides;
drop function learning.preference(
    boolean, integer, boolean, double precision, bigint, timestamptz, bigint
);

drop table learning.pm_overrides;
drop function learning.keep_override_history();
drop table learning.pm_overrides_history;
drop table learning.gate_simulations;
drop table learning.simulation_requests;

-- A sum of event weights as a number of attempts (n_eff). Atomic: see rate_stats.
create or replace function learning.attempts(p_weight bigint)
returns double precision
language sql immutable parallel safe
begin atomic
    select p_weight / 4294967296.0::double precision;
end;
comment on function learning.attempts(bigint) is
    'Weights of events (event_weight), in attempts.';

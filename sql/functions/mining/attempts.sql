-- A sum of experiment weights (experiment_weight) as a number of attempts (n_eff): that of a whole
-- attempt is one. Atomic: see rate_stats.
create or replace function learning.attempts(p_weight bigint)
returns double precision
language sql immutable parallel safe
begin atomic
    select p_weight / learning.experiment_weight(1)::double precision;
end;
comment on function learning.attempts(bigint) is
    'Weights of experiments (experiment_weight), in attempts.';

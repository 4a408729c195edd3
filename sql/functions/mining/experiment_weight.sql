-- What an experiment of an attempt with p_windows decided windows weighs: its share of the attempt,
-- in units of 2^-32, so that sums of shares are whole numbers (attempts turns them back).
create or replace function learning.experiment_weight(p_windows bigint)
returns bigint
language sql immutable parallel safe
begin atomic
    select round(4294967296.0 / p_windows)::bigint;
end;
comment on function learning.experiment_weight(bigint) is
    'The weight of an experiment: the share of its attempt, in units of 2^-32.';

comment on column learning.slice_rates.weight is
    'Sum of round(2^32 / finalised windows of the attempt and pattern) over the events of n: divided by 2^32 it is n_eff.';
comment on column learning.mining_contributions.weight is
    'round(2^32 / finalised windows of the attempt and pattern).';

-- A weight is a share of the decided windows of an attempt, pending ones too: the comments said
-- finalised ones.
comment on column learning.slice_rates.weight is
    'Sum of learning.experiment_weight(decided windows of the attempt and pattern) over the events of n: learning.attempts() makes n_eff of it.';
comment on column learning.mining_contributions.weight is
    'learning.experiment_weight(decided windows of the attempt and pattern): a share of the attempt, in units of 2^-32.';

-- What the search for slices hands on from step to step (docs/mining.md, "From five events to counts").
set role quadrant_owner;
create type learning.slice_counts as (
    slice_key text,
    acted_success integer,
    acted_failure integer,
    skipped_success integer,
    skipped_failure integer,
    n_policy integer,
    weight bigint,
    success_weight bigint,
    n_sampled integer,
    n_valued integer
);
comment on type learning.slice_counts is 'A slice and what it counts, as in slice_rates.';
create type learning.slice_part as (
    slice_key text,
    turn integer,
    digits varbit[],
    acted varbit,
    sampled varbit,
    valued varbit,
    weight_digits varbit[],
    class_starts integer[],
    class_lengths integer[]
);
comment on type learning.slice_part is
    'The events of a slice in the order of their classes, a bit each in every bit string: the binary digits of the codes of the dimensions whose conditions may follow (those after turn), the events with a mark, where each class starts and how long it is.';
reset role;

-- The sizes at which mining goes another way. All are from `python tests/bench/mining`
-- (docs/benchmarks.md): what is counted is the same on either side.
create or replace function learning.mining_limits()
returns table (
    many_events integer, few_stored double precision, many_stored double precision,
    most_changed double precision, always_merged integer, most_new double precision,
    most_classes integer, searched_below_all integer, single_leads integer, leads_of_two integer,
    pairs_below integer,
    very_many_events integer, pairs_below_many integer, cheap_merge integer, merged_per_slice integer, deep_step integer, shallow_step integer, shallow_dims integer
)
language sql immutable parallel safe
as $$
    select
        -- A rebuild stores slices from this share of n_min on: the lower, the more is stored, and
        -- the rarer a slice is missing (10,000 x 10 and 100,000 x 8).
        5000, 1 / 3.0::double precision, 3 / 4.0::double precision,
        -- More of the events (and more than so many) changed: all is counted anew (the 1 % rows).
        1 / 5.0::double precision, 50,
        -- Where events are many and no more than this share is new, it is asked whether a slice
        -- that is not stored may qualify; else all is counted anew (the 1 % rows).
        1 / 10.0::double precision,
        -- More weights than this are counted by their binary digits, of which there are 33.
        33,
        -- So many dimensions at the end are searched below the whole pattern (10,000 x 10).
        3,
        -- Beyond so many events each lead is gathered and searched alone (10,000 x 28).
        4000,
        -- Beyond so many events two conditions lead where so many dimensions follow the first (100,000 x 8);
        -- where events are very many, where so many do (1,000,000 x 6).
        16000, 6, 300000, 3,
        -- A merge of so few rows always pays; else so many cost what finding and storing a slice
        -- does (10,000 x 28, depth 3).
        100000, 10,
        -- Dimensions a step of a merge takes: deep slices are summed up some at a time, slices of
        -- at most 4 conditions are few, whatever the number of dimensions (10,000 x 10 and x 28).
        4, 14, 4
$$;
comment on function learning.mining_limits() is
    'The sizes at which mining goes another way, in one place, with the benchmarks they are from.';

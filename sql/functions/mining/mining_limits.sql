-- The sizes at which mining goes another way: what is counted is the same on either side. Each is
-- from `python tests/bench/mining` (docs/benchmarks.md), from the size in brackets.
create or replace function learning.mining_limits()
returns table (
    many_experiments integer, few_stored numeric, many_stored numeric,
    changed_part integer, few_changes integer, new_part integer,
    most_weights integer, searched_below_all integer,
    single_leads integer, leads_of_two integer, follow_two integer,
    leads_of_two_mostly integer, follow_two_mostly integer,
    most_merged integer, cheap_merge integer, merged_per_slice integer,
    deep_step integer, shallow_step integer, shallow_dims integer, many_changes integer,
    few_pairs integer
)
language sql immutable parallel safe
as $$
    select
        -- Beyond many_experiments a rebuild stores slices from many_stored of n_min on, else from
        -- few_stored: the lower, the more is stored, and the rarer a slice is missing (10,000 x
        -- 10).
        5000, 1 / 3.0, 3 / 4.0,
        -- Where more than one in changed_part, and more than few_changes, changed, all is counted
        -- anew (1 % of 10,000 x 12).
        5, 50,
        -- Where more than one in new_part came since the rebuild, all is counted anew; else it is
        -- asked whether a slice that is not stored may qualify (1 % of 100,000 x 8).
        10,
        -- More weights are counted by their binary digits, of which there are 33.
        33,
        -- So many dimensions, the last, are searched below the whole pattern (10,000 x 10).
        3,
        -- Beyond single_leads experiments each lead is gathered and searched alone (10,000 x 28).
        4000,
        -- Beyond leads_of_two experiments two conditions lead where follow_two dimensions or more
        -- follow the first (100,000 x 8); beyond leads_of_two_mostly where follow_two_mostly do
        -- (1,000,000 x 6).
        16000, 6, 300000, 3,
        -- From most_merged changes of weight 2^32 on a merge may sum up more than is exact (2^53);
        -- one of no more than cheap_merge rows always pays; else merged_per_slice of them cost what
        -- finding and storing a slice does (1 % of 10,000 x 28, depth 3).
        2097152, 100000, 10,
        -- A merge takes deep_step dimensions at a time, so that the counts are summed up between,
        -- and shallow_step where slices have at most shallow_dims conditions, and so are few
        -- (1 % of 10,000 x 10, and of 10,000 x 28, depth 3).
        4, 14, 4,
        -- Of more than many_changes changes, slices are looked up by hash (1 % of 10,000 x 10).
        100,
        -- Up to few_pairs of a change and a stored slice, each is held against the other: planning
        -- a roll-up takes longer (an hour of a replay: a change or two, some hundred slices).
        10000
$$;
comment on function learning.mining_limits() is
    'The sizes at which mining goes another way, in one place, with the benchmarks they are from.';

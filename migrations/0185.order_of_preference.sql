-- Which of several overrides for a scope wins stands in one place, the function preference; the
-- column and its index make it a look-up.
set role quadrant_owner;

create function learning.preference(
    p_pinned boolean, p_depth integer, p_is_manual boolean, p_confidence double precision,
    p_n bigint, p_updated_at timestamptz, p_id bigint
)
returns double precision[]
language sql immutable parallel safe
as $$
    select array[
        p_pinned::integer, p_depth, p_is_manual::integer, p_confidence, p_n,
        extract(epoch from p_updated_at - timestamptz '2000-01-01 00:00:00+00'), -p_id
    ]::double precision[]
$$;
comment on function learning.preference(
    boolean, integer, boolean, double precision, bigint, timestamptz, bigint
) is 'The order of preference of overrides that hold for one scope, the largest wins: pinned, then most conditions; ties: set by hand, confidence, n, newest, smallest id.';

alter table learning.pm_overrides
    add column preference double precision[] not null generated always as (learning.preference(
        pinned, cardinality(learning.scope_items(scope_subset)), method = 'manual',
        confidence_score, n, last_updated_at, id
    )) stored;
comment on column learning.pm_overrides.preference is
    'Of the overrides of a lever that hold for a scope the one with the largest is in force (learning.preference).';
drop index learning.pm_overrides_in_order_of_preference;
create index pm_overrides_in_order_of_preference
    on learning.pm_overrides (pattern_key, action_category, preference desc)
    include (sig, items, id) where status = 'active';
reset role;

-- The overrides a closed trade was told with, context.overrides = {gates: [id, ...], posture:
-- [{id, weight}, ...]}: those behind the gates of its buys, and those that moved the posture of its
-- entry.
create or replace function learning.trade_overrides(p_trade jsonb)
returns table (override_id bigint, channel text)
language sql immutable parallel safe
as $$
    select i.item::bigint, o.channel
    from (
        select 'gates' as channel, p_trade #> '{context,overrides,gates}' as listed
        union all
        select 'posture', jsonb_path_query_array(
            p_trade #> '{context,overrides,posture}', 'lax $[*].id'
        )
    ) as o
    cross join lateral jsonb_array_elements_text(
        case when jsonb_typeof(o.listed) = 'array' then o.listed end
    ) as i (item)
    where i.item ~ '^\d{1,18}$'
$$;
comment on function learning.trade_overrides(jsonb) is
    'Overrides a closed trade was told with: ids and channel (gates or posture).';

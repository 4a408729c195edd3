drop table learning.position_overrides;
drop index learning.pm_overrides_history_by_anchor;
create function learning.scope_signature(p_items text[]) returns bigint
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        bit_or(1::bigint << (get_byte(decode(md5(i.item), 'hex'), 0) % 64)), 0
    )
    from unnest(p_items) as i (item)
$$;
comment on function learning.scope_signature(text[]) is
    'OR of one bit per item (md5 byte modulo 64): rejects most non-subsets with one AND.';
alter table learning.pm_overrides add column sig bigint not null
    generated always as (learning.scope_signature(learning.scope_items(scope_subset))) stored;
comment on column learning.pm_overrides.sig is
    '64-bit signature of items: a cheap first test of containment.';
create index pm_overrides_in_order_of_preference
    on learning.pm_overrides (pattern_key, action_category, preference desc)
    include (sig, items, id) where status = 'active';
alter table learning.pm_overrides drop column anchor;
drop function learning.scope_anchor(text[]);

-- Overrides are found by the conditions they begin with, and kept per position.
set role quadrant_owner;

-- The first three of an override's items: one that holds for a scope has an anchor made of the
-- scope's own (learning.scope_anchors), whatever else it asks.
create function learning.scope_anchor(p_items text[]) returns text
language sql immutable parallel safe
as $$
    select coalesce(p_items[1], '') || coalesce(' & ' || p_items[2], '')
        || coalesce(' & ' || p_items[3], '')
$$;
comment on function learning.scope_anchor(text[]) is
    'The first three items of a scope as one text: where an override is looked up.';

alter table learning.pm_overrides add column anchor text collate "C" not null
    generated always as (learning.scope_anchor(learning.scope_items(scope_subset))) stored;
comment on column learning.pm_overrides.anchor is
    'The first three of items as one text: where a look-up finds it (learning.scope_anchors).';
create index pm_overrides_by_anchor on learning.pm_overrides (anchor, pattern_key)
    where status = 'active';
drop index learning.pm_overrides_in_order_of_preference;
drop view if exists pm.position_controls;  -- as it was, it reads the column; deployed anew
alter table learning.pm_overrides drop column sig;
drop function learning.scope_signature(text[]);

-- pm.gates_at finds them the same way.
create index pm_overrides_history_by_anchor on learning.pm_overrides_history (
    learning.scope_anchor(learning.scope_items(new_row -> 'scope_subset'))
) where new_row is not null;

create table learning.position_overrides (
    position_id bigint primary key references learning.lowcap_positions on delete cascade,
    scope jsonb not null,
    items text[] not null,
    override_ids bigint[] not null
) with (fillfactor = 70);
comment on table learning.position_overrides is
    'One row per position: the overrides that win in its scope, kept by triggers (learning.keep_position_overrides). True for the scope it names; a position that has another now is asked anew.';
comment on column learning.position_overrides.scope is
    'The scope answered for: the position''s, or an earlier one of it.';
comment on column learning.position_overrides.items is 'learning.scope_items of scope.';
comment on column learning.position_overrides.override_ids is
    'Per lever of every pattern the override with the largest preference, switches aside.';
reset role;

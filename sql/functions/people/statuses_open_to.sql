-- What a person may decide about a change of gates: the statuses in which one of a method can be
-- approved, dismissed, pinned or unpinned. What was set by hand is only pinned or unpinned; what
-- drift and the ladder ask for is not decided on.
create or replace function learning.statuses_open_to(p_decision text, p_method text)
returns text[]
language sql immutable parallel safe
as $$
    select case p_method
        when 'simulation' then case p_decision
            when 'approve' then '{proposed}'
            when 'dismiss' then '{proposed,active,suspended}'
            when 'pin' then '{proposed,active,suspended}'
            when 'unpin' then '{active}'
        end
        when 'manual' then case when p_decision in ('pin', 'unpin') then '{active}' end
    end::text[]
$$;
comment on function learning.statuses_open_to(text, text) is
    'The statuses in which a person may approve, dismiss, pin or unpin what a method changed; null: none.';

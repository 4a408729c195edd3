-- The quadrant of a recorded window: acted_success, acted_failure, skipped_success,
-- skipped_failure; policy where policy alone skipped it, which says nothing of the gates. Null
-- while it has no outcome, and where that is neutral.
create or replace function learning.quadrant(
    p_decision text, p_outcome text, p_blocked_by text[]
)
returns text
language sql immutable parallel safe
as $$
    select case
        when p_outcome not in ('success', 'failure') then null
        when p_decision = 'skipped' and p_blocked_by = '{policy}' then 'policy'
        else p_decision || '_' || p_outcome
    end
$$;
comment on function learning.quadrant(text, text, text[]) is
    'acted or skipped x success or failure, or policy; null without a real outcome.';

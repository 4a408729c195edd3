-- Is what was mined of a pattern (lessons from its windows or from its trades) to be mined again,
-- though nothing new was told? Where time moved past due_at, or back before as_of, or it was mined
-- with other settings or dimensions.
create or replace function learning.is_to_be_mined_again(
    p_as_of timestamptz, p_pattern_key text, p_mined_at timestamptz, p_due_at timestamptz,
    p_configuration text
)
returns boolean
language sql stable
as $$
    select p_as_of >= p_due_at or p_as_of < p_mined_at
        or p_configuration is distinct from learning.mining_configuration(p_pattern_key)
$$;
comment on function learning.is_to_be_mined_again(
    timestamptz, text, timestamptz, timestamptz, text
) is 'Whether time or a change of settings calls up a pattern that was mined.';

-- May overrides of this gate be applied? The switch tuning_overrides_enabled for the pattern and
-- gate (see learning.switch_in); with the switch shadow nothing is applied.
create or replace function learning.overrides_apply(
    p_feature_flags jsonb, p_pattern_key text, p_gate text
)
returns boolean
language sql immutable parallel safe
return not learning.switch_in(p_feature_flags, 'shadow')
    and learning.switch_in(
        p_feature_flags, 'tuning_overrides_enabled', p_pattern_key, p_gate
    );
comment on function learning.overrides_apply(jsonb, text, text) is
    'Whether the feature flags let overrides of a gate act.';

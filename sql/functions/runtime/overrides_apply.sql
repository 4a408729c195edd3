-- May overrides of this gate be applied? feature_flags.tuning_overrides_enabled is true, false, or
-- an object {pattern_key: false} or {pattern_key: {gate: false}}; what it does not name is on. With
-- feature_flags.shadow nothing is applied.
create or replace function learning.overrides_apply(
    p_feature_flags jsonb, p_pattern_key text, p_gate text
)
returns boolean
language sql immutable parallel safe
as $$
    select coalesce(p_feature_flags ->> 'shadow', 'false') <> 'true'
        and coalesce(
            case jsonb_typeof(p_feature_flags -> 'tuning_overrides_enabled')
                when 'object' then coalesce(
                    p_feature_flags -> 'tuning_overrides_enabled' -> p_pattern_key ->> p_gate,
                    p_feature_flags -> 'tuning_overrides_enabled' ->> p_pattern_key
                )
                else p_feature_flags ->> 'tuning_overrides_enabled'
            end, 'true'
        ) <> 'false'
$$;
comment on function learning.overrides_apply(jsonb, text, text) is
    'Whether the feature flags let overrides of a gate act.';

-- May overrides of this category be applied? Each channel has a switch, in general or per pattern
-- (of gates also per gate: learning.overrides_apply); with the switch shadow nothing is applied.
create or replace function learning.category_applies(
    p_feature_flags jsonb, p_action_category text, p_pattern_key text, p_gate text default null
)
returns boolean
language sql immutable parallel safe
return case
    when p_action_category not in ('pm_strength', 'dm_alloc')
        then learning.overrides_apply(p_feature_flags, p_pattern_key, p_gate)
    else not learning.switch_in(p_feature_flags, 'shadow') and learning.switch_in(
        p_feature_flags,
        case p_action_category
            when 'pm_strength' then 'strength_overrides_enabled'
            else 'alloc_overrides_enabled'
        end,
        p_pattern_key
    )
end;
comment on function learning.category_applies(jsonb, text, text, text) is
    'Whether the feature flags let overrides of a category act.';

-- How many days of windows and closed trades learning needs under a configuration of the module
-- pm: the longest lookback_days or evidence_days of any pattern, and 60 days more, in which results
-- come in and windows mature.
create or replace function learning.days_learned_from(p_config jsonb)
returns integer
language sql immutable parallel safe
as $$
    select 60 + max(greatest(
        learning.setting_in(p_config, k.pattern_key, 'lookback_days')::integer,
        learning.setting_in(p_config, k.pattern_key, 'evidence_days')::integer
    ))
    from (
        select null as pattern_key
        union all
        select jsonb_object_keys(
            case jsonb_typeof(p_config -> 'patterns') when 'object' then p_config -> 'patterns' end
        )
    ) as k
$$;
comment on function learning.days_learned_from(jsonb) is
    'Days of windows and closed trades that learning needs: the longest lookback or evidence, and 60.';

-- An override as it will be stored: legacy spellings of pattern and category translated
-- (tuning_s2_ts_min, tuning_s2_halo, tuning_s2_halo_mult; the state lives in the pattern key).
-- QD001 for an unknown pattern, QD050 for one that could never act: no gate of the pattern has the
-- category. pm_strength and dm_alloc need no gate; legacy knobs are left to their constraint.
create or replace function learning.checked_override(p_override learning.pm_overrides)
returns learning.pm_overrides
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_override learning.pm_overrides := p_override;
    v_legacy text[];
    v_levers text;
begin
    v_override.pattern_key := learning.canonical_pattern_key(p_override.pattern_key);
    v_legacy := regexp_match(
        p_override.action_category, '^tuning_s([123])_(?:(halo)(?:_mult)?|(ts_min))$'
    );
    if v_legacy is not null and v_override.pattern_key like 'pm.uptrend.S' || v_legacy[1] || '.%'
    then
        v_override.action_category := 'tuning_' || coalesce(v_legacy[2], v_legacy[3]);
    end if;
    if v_override.action_category = 'pm_strength' and v_override.pattern_key like 'pm.%'
        or v_override.action_category = 'dm_alloc' and v_override.pattern_key like 'dm.%'
        or v_override.action_category in (
            'tuning_entry_delay_bars', 'tuning_phase1_frac_mult', 'tuning_trim_delay_mult',
            'tuning_trail_mult', 'tuning_panic_trigger', 'tuning_wait_n_after_trim'
        )
        or exists (
            select from learning.gates as g
            where g.pattern_key = v_override.pattern_key
                and g.action_category = v_override.action_category
        )
    then
        return v_override;
    end if;
    select string_agg(g.action_category, ', ' order by g.ordinal) into v_levers
    from learning.gates as g
    where g.pattern_key = v_override.pattern_key;
    raise exception using
        errcode = 'QD050',
        message = format(
            'an override of %s for %s could never act', v_override.action_category,
            v_override.pattern_key
        ),
        hint = coalesce(
            'The pattern''s levers are ' || v_levers || '.',
            'The pattern has no gates yet: register them first (pm.register_gates).'
        );
end
$$;
comment on function learning.checked_override(learning.pm_overrides) is
    'The override with legacy spellings translated; QD050 where no gate of its pattern could act '
    'on it.';

-- The registry's row of a setting that is asked for by its name, for a pattern or a gate of one
-- where those are named. QD080 where there is no such setting; QD083 where it has no value per
-- pattern or gate, or nobody knows the pattern.
create or replace function learning.require_setting(
    p_name text, p_pattern_key text, p_gate text
)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_known jsonb := learning.known_setting(p_name);
    v_per text := coalesce(v_known ->> 'per', 'none');
begin
    if v_known is null or (v_known -> 'is_state')::boolean then
        raise exception using
            errcode = 'QD080',
            message = format('%s is no setting', left(p_name, 200)),
            hint = learning.settings_like(p_name);
    end if;
    if p_pattern_key is not null and v_per = 'none' then
        raise exception using
            errcode = 'QD083',
            message = format('%s has no value per pattern', p_name),
            hint = 'It is the same for all.';
    end if;
    if p_gate is not null and (v_per <> 'gate' or p_pattern_key is null) then
        raise exception using
            errcode = 'QD083',
            message = case v_per
                when 'gate' then format('the gate %s of which pattern?', left(p_gate, 200))
                else format('%s has no value per gate', p_name)
            end,
            hint = case v_per
                when 'gate' then 'Name the pattern too.' else 'A pattern may have its own.'
            end;
    end if;
    if p_pattern_key is not null and not learning.knows_pattern(p_pattern_key) then
        raise exception using
            errcode = 'QD083',
            message = format('no pattern %s is known', left(p_pattern_key, 200)),
            hint = learning.patterns_like(p_pattern_key);
    end if;
    return v_known;
end
$$;
comment on function learning.require_setting(text, text, text) is
    'A setting''s row in the registry; QD080, QD083 where there is none of that name, pattern or gate.';

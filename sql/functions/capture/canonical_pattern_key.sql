-- The canonical spelling of a pattern key: canonical keys as they are, the legacy spellings
-- (module=pm|pattern_key=uptrend.S1.entry, pm.s1_entry, pm.s3_retest, ...buy_flag) translated.
-- Anything else raises QD001.
create or replace function learning.canonical_pattern_key(p_key text)
returns text
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
    v_key text := regexp_replace(p_key, '^module=([a-z]+)\|pattern_key=', '\1.');
begin
    v_key := regexp_replace(v_key, '^pm\.s([123])_(entry|retest|dx)$', 'pm.uptrend.S\1.\2');
    v_key := regexp_replace(v_key, '^(pm\.uptrend\.S[12])\.buy_flag$', '\1.entry');
    v_key := regexp_replace(v_key, '^pm\.uptrend\.S3\.buy_flag$', 'pm.uptrend.S3.retest');
    if v_key ~ '^pm\.uptrend\.(S[12]\.entry|S3\.(retest|dx))$'
        or v_key ~ '^dm\.[a-z][a-z0-9_]*\.[A-Za-z0-9_]+$'
    then
        return v_key;
    end if;
    raise exception using
        errcode = 'QD001',
        message = format('unknown pattern key %L', p_key),
        hint = 'Canonical keys are pm.uptrend.S1.entry, pm.uptrend.S2.entry, '
            || 'pm.uptrend.S3.retest, pm.uptrend.S3.dx and dm.<family>.<motif>.';
end
$$;
comment on function learning.canonical_pattern_key(text) is
    'Translates legacy spellings of a pattern key; QD001 for anything that is none.';

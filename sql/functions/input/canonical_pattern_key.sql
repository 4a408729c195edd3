-- The canonical spelling of a pattern key: canonical keys as they are, the legacy spellings
-- (module=pm|pattern_key=uptrend.S1.entry, pm.s1_entry, pm.s3_retest, ...buy_flag) translated. The
-- patterns of the uptrend are those with gates; a strategy of one's own has pm.<family>.<setup>
-- with another family. Anything else, or a key of more than 200 characters, raises QD001.
create or replace function learning.canonical_pattern_key(p_key text)
returns text
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    v_key text := regexp_replace(p_key, '^module=([a-z]+)\|pattern_key=', '\1.');
begin
    v_key := regexp_replace(v_key, '^pm\.s([123])_(entry|retest|dx)$', 'pm.uptrend.S\1.\2');
    v_key := regexp_replace(v_key, '^(pm\.uptrend\.S[12])\.buy_flag$', '\1.entry');
    v_key := regexp_replace(v_key, '^pm\.uptrend\.S3\.buy_flag$', 'pm.uptrend.S3.retest');
    if length(v_key) <= 200
        and (
            v_key ~ '^dm\.[a-z][a-z0-9_]*\.[A-Za-z0-9_]+$'
            or v_key ~ '^pm\.(?!uptrend\.)[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$'
            or v_key like 'pm.uptrend.%'
                and exists (select from learning.gates as g where g.pattern_key = v_key)
        )
    then
        return v_key;
    end if;
    raise exception using
        errcode = 'QD001',
        message = format('unknown pattern key %L', left(p_key, 200)),
        hint = format(
            'Canonical keys are %s, dm.<family>.<motif>, and pm.<family>.<setup> for a strategy of '
            'your own.',
            (
                select string_agg(distinct g.pattern_key, ', ')
                from learning.gates as g
                where g.pattern_key like 'pm.uptrend.%'
            )
        ),
        column = 'pattern_key';
end
$$;
comment on function learning.canonical_pattern_key(text) is
    'Translates legacy spellings of a pattern key; QD001 for anything that is none.';

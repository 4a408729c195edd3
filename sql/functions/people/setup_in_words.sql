-- A pattern as people say it: S1 entry, S3 ladder (s3_dx); patterns of others by their own key.
create or replace function analyst.setup_in_words(p_pattern_key text)
returns text
language sql immutable parallel safe
return case
    when p_pattern_key = 'pm.uptrend.S3.dx' then 'S3 ladder'
    when p_pattern_key like 'pm.uptrend.%'
        then replace(substr(p_pattern_key, length('pm.uptrend.') + 1), '.', ' ')
    else regexp_replace(p_pattern_key, '^(pm|dm)\.', '')
end;
comment on function analyst.setup_in_words(text) is
    'A pattern as people say it: S1 entry, S3 ladder; others by their own key.';

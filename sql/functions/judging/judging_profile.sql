-- Which rules decide about a pattern: 'evidence' (tests) or 'plan' (the documents' own counts).
create or replace function learning.judging_profile(p_pattern_key text)
returns text
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    select learning.setting(p_pattern_key, 'profile') #>> '{}'
$$;
comment on function learning.judging_profile(text) is
    'evidence or plan: the rules by which gates of a pattern are judged.';

-- The q up to which a pattern's overrides are created; they are kept up to twice that.
create or replace function learning.evidence_q(p_pattern_key text)
returns double precision
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    select learning.setting(p_pattern_key, 'evidence_q')::double precision
$$;
comment on function learning.evidence_q(text) is
    'False discovery rate at which overrides of a pattern are created; 1 switches the tests off.';
